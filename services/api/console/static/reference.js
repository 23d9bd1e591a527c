// Reference: light or dark, as the console is; what is tried carries the login's token.
"use strict";
{
  const reference = document.querySelector("rapi-doc");
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  reference.setAttribute("theme", dark ? "dark" : "light");
  reference.addEventListener("before-try", (event) => {
    if (reference.dataset.formToken) event.detail.request.headers.append("X-Form-Token", reference.dataset.formToken);
  });
}
