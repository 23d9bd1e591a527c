"""The setting of a DER control in words."""

from decimal import Decimal

from schemas.dersettings import Curve, CurvePoint, DERSettings, FixedPF, Hysteresis
from services.api.der.telling import told
from services.api.fakes import NOON


def test_a_curve_is_told_by_its_points_and_what_else_is_set() -> None:
    points = (CurvePoint(x=Decimal("50.2"), y=Decimal(100)), CurvePoint(x=Decimal("51.5"), y=Decimal("1E+1")))
    curve = Curve(
        priority=1,
        y_unit="PctMaxW",
        curve_data=points,
        hysteresis=Hysteresis(hysteresis_high=Decimal(3)),
        starts_at=NOON,
    )

    assert told(DERSettings(curve=curve)) == [
        ("Priority", 1),
        ("Unit of y", "PctMaxW"),
        ("Points", "50.2 → 100, 51.5 → 10"),
        ("Hysteresis: High", Decimal(3)),
        ("Starts", NOON),
    ]


def test_yes_and_no_are_words() -> None:
    fixed = FixedPF(priority=0, displacement=Decimal("0.95"), excitation=False)

    assert ("Over-excited", "no") in told(DERSettings(fixed_pf=fixed))
