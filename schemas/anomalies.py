"""Anomalies: names for what is unusual about a charging session; its facts are kept all the same."""

from enum import StrEnum


class Anomaly(StrEnum):
    """The unusual things that can be recorded about a session."""

    CLOCK_SUSPECT = "clock-suspect"
    """The station's times are impossible: before 2015, ahead of ours, an end before the start, or late by the same long time throughout."""

    CLOCK_UNREADABLE = "clock-unreadable"
    """A time of the station could not be read; the gateway's is used instead."""

    START_MISSING = "start-missing"
    """No start was received (yet): the session begins with its first known fact."""

    TRANSACTION_UNKNOWN = "transaction-unknown"
    """The end of a transaction id that was not assigned to this station (-1, 0, another station's, one long forgotten)."""

    STARTED_TWICE = "started-twice"
    """Two different starts of one transaction; the earlier one counts."""

    ENDED_TWICE = "ended-twice"
    """Two different ends of one transaction; the earlier one counts."""

    EVSE_MISMATCH = "evse-mismatch"
    """A fact of this transaction named another EVSE or connector than its start."""

    BEGIN_NOT_BELIEVED = "begin-not-believed"
    """The start reading (mostly 0) contradicts the readings after it; the first plausible reading is used instead."""

    REGISTER_BACKWARDS = "register-backwards"
    """The energy register ran backwards within what this session had charged; first and last reading count."""

    REGISTER_RESET = "register-reset"
    """The energy register fell below where this session began; what was charged before and after is added."""

    REGISTER_ROLLOVER = "register-rollover"
    """The energy register ran past its last digit and went on from 0; the difference counts."""

    REGISTER_DIP = "register-dip"
    """One energy reading fell and the next stood as high as before; the one in between does not count."""

    REGISTER_JUMP = "register-jump"
    """The energy register rose faster than any charger can charge; the jump does not count."""

    REGISTER_ERRATIC = "register-erratic"
    """The energy register changed direction more often than is remembered; the energy is an estimate."""

    EXPORT_REGISTER_ODD = "export-register-odd"
    """The register of the energy given back fell, jumped or rolled over, or its begin was not believed; as for `register-...`."""

    INTERVAL_LATE = "interval-late"
    """An interval value arrived after the intervals of its time were forgotten; it is recorded, but not added to the energy."""

    EVENTS_MISSING = "events-missing"
    """It has ended, and events between its first and its last have not come (2.x part 2, E, "Delivering transaction-related messages")."""

    QUARANTINED = "quarantined"
    """Some meter values were implausible; they are on csms.quarantine."""

    MATCHED_BY_PLACE = "matched-by-place"
    """A fact had a transaction id that was never assigned; it was matched to this session as the only possible one."""

    ACCEPTED_LATE = "accepted-late"
    """The decision came late and the station had been answered Accepted; the decision was a refusal."""

    REFUSED_LATE = "refused-late"
    """The decision came late and the station had been answered Invalid; the decision was Accepted."""

    COST_DIFFERS = "cost-differs"
    """Its station computed another cost by its own tariff than the bill has; the bill counts (2.1, I12)."""

    ENDED_BY_OPERATOR = "ended-by-operator"
    """An operator ended it."""

    CORRECTED_BY_OPERATOR = "corrected-by-operator"
    """An operator corrected when it ended, or its energy, against what its station reported."""

    RELEASED_BY_OPERATOR = "released-by-operator"
    """An operator released its token for other sessions."""

    CROWDED_OUT = "crowded-out"
    """The station has more running transactions than are remembered; the one silent for longest is presumed ended."""

    OVER_BY_STATUS = "over-by-status"
    """Presumed ended: its connector became Available, or Preparing again after it had been Finishing or Available."""

    OVER_BY_BOOT = "over-by-boot"
    """Presumed ended: its station booted, and its connector then was Available or Preparing."""

    OVER_BY_REFUSED_STOP = "over-by-refused-stop"
    """Presumed ended: the station refused to stop it because it knows no such transaction."""

    OVER_BY_TRANSACTION_STATUS = "over-by-transaction-status"
    """Presumed ended: the station says that it does not go on, and that no message of it waits (2.x part 2, E14)."""

    OVER_BY_NEXT_START = "over-by-next-start"
    """Presumed ended: the station started another transaction in the same place."""

    OVER_BY_SILENCE = "over-by-silence"
    """Presumed ended: its station was disconnected for longer than the limit."""
