"""The settings of DER controls: one kind for each type, read out by their names."""

from decimal import Decimal

from schemas.dersettings import CONTROL_TYPES, DEFAULT_ONLY, SETTING_OF, DERSettings, Gradient, LimitMaxDischarge


def test_each_type_has_one_kind_of_setting_that_there_is() -> None:
    assert set(SETTING_OF) == set(CONTROL_TYPES)
    assert set(SETTING_OF.values()) == set(DERSettings.__struct_fields__)
    assert set(CONTROL_TYPES) >= DEFAULT_ONLY


def test_what_every_setting_has_is_read_from_the_one_that_is_there() -> None:
    limit = DERSettings(limit_max_discharge=LimitMaxDischarge(priority=2, duration_s=Decimal(60)))
    gradient = DERSettings(gradient=Gradient(priority=0, gradient=Decimal(1), soft_gradient=Decimal(2)))

    assert (limit.priority, limit.duration_s, limit.starts_at) == (2, Decimal(60), None)
    assert (gradient.priority, gradient.duration_s, gradient.starts_at) == (0, None, None)
    assert (DERSettings().priority, DERSettings().given) == (None, {})
