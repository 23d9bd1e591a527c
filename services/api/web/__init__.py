"""What every route of the API needs: authentication, problems, paging, parameters, the OpenAPI document."""
