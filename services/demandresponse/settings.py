"""Settings of `demandresponse`."""

from typing import Annotated

import msgspec

from services.runtime.process.settings import Settings


class DemandResponseSettings(Settings, frozen=True, kw_only=True):
    """Settings of `demandresponse`, in addition to those of every service."""

    demand_response_ahead_s: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=86_400,
            description="Stations are told of a demand-response event within so many seconds before it begins, one after the other.",
        ),
    ] = 600
    demand_response_stack_level: Annotated[
        int,
        msgspec.Meta(
            ge=0,
            le=100,
            description="The stack level of the charging profile of demand response: above those of other profiles of the station.",
        ),
    ] = 1
    openadr_vtn_url: Annotated[
        str,
        msgspec.Meta(description="Base URL of an OpenADR 3.1 VTN whose events are followed; empty: none."),
    ] = ""
    openadr_token_url: Annotated[
        str, msgspec.Meta(description="Where the VTN's tokens come from; empty: the VTN's own /auth/token.")
    ] = ""
    openadr_client_id: Annotated[
        str, msgspec.Meta(description="Client id at the VTN (OAuth 2 client credentials).")
    ] = ""
    openadr_client_secret_file: Annotated[
        str, msgspec.Meta(description="File with the client's secret at the VTN.")
    ] = ""
    openadr_client_name: Annotated[
        str, msgspec.Meta(min_length=1, max_length=128, description="Name of this deployment in reports to the VTN.")
    ] = "voltbus"
    openadr_poll_s: Annotated[
        float, msgspec.Meta(ge=1, le=3600, description="The VTN is asked for its events every so many seconds.")
    ] = 30.0
    openadr_api_url: Annotated[
        str, msgspec.Meta(description="Base URL of this deployment's API, by which events are ordered.")
    ] = "http://127.0.0.1:8080"
    openadr_api_key_file: Annotated[
        str,
        msgspec.Meta(
            description="File with the API key by which events are ordered: its scope says whose stations they are for. It needs"
            " demandresponse:read and demandresponse:command."
        ),
    ] = ""
    openadr_simple_percent: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=0, le=100)], ...],
        msgspec.Meta(
            min_length=1,
            max_length=10,
            description="What may still be drawn at the levels 0, 1, 2, 3 of OpenADR's SIMPLE, in percent of the baseline.",
        ),
    ] = (100, 75, 50, 0)
