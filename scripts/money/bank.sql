-- The bank of the example: for ./ussd demo money, and for the tests. It is the same SQL for SQLite, PostgreSQL and MariaDB.
CREATE TABLE accounts (
  msisdn VARCHAR(20) PRIMARY KEY,
  cents BIGINT NOT NULL CHECK (cents >= 0)
);

CREATE TABLE transfers (
  id VARCHAR(64) PRIMARY KEY,
  payer VARCHAR(20) NOT NULL,
  payee VARCHAR(20) NOT NULL,
  cents BIGINT NOT NULL,
  created TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO accounts (msisdn, cents) VALUES ('254711000001', 125000);
INSERT INTO accounts (msisdn, cents) VALUES ('254711000002', 5000);
INSERT INTO accounts (msisdn, cents) VALUES ('airtime', 0);
