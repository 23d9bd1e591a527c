// Reference: light or dark, as the console is.
"use strict";
{
  const reference = document.querySelector("rapi-doc");
  const chosen = document.documentElement.dataset.theme;
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  reference.setAttribute("theme", dark ? "dark" : "light");
}
