-- What the inverter in a vehicle can do for the grid (OCPP 2.1, R02).

ALTER TABLE charging_needs
    ADD COLUMN IF NOT EXISTS der_controls Array(String) COMMENT 'OCPP DERControlEnumTypes that its inverter can do' AFTER parameters,
    ADD COLUMN IF NOT EXISTS islanding_detection Array(String) COMMENT 'OCPP IslandingDetectionEnumTypes of its inverter' AFTER der_controls,
    ADD COLUMN IF NOT EXISTS inverter String COMMENT 'Maker, model, serial number and versions of its inverter, as JSON by the names of OCPP' AFTER islanding_detection;
