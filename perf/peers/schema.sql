-- What a team would build instead, on PostgreSQL: quotes, a claim that can be made once, a key that
-- answers its repeat, and double entry, all in one transaction of one function.
CREATE TABLE rate (pair text PRIMARY KEY, bid numeric, ask numeric, mid numeric, at timestamptz);
CREATE TABLE quote (
  id bigint PRIMARY KEY, client text, source bigint, fee bigint, target bigint, rate numeric,
  spread bigint, expires timestamptz);
CREATE TABLE claim (quote bigint PRIMARY KEY, key text UNIQUE, at timestamptz);
CREATE TABLE posting (
  id bigserial PRIMARY KEY, quote bigint, account text, currency text, minor bigint);
CREATE SEQUENCE quote_id;
CREATE SEQUENCE accept_id;
INSERT INTO rate VALUES ('EURUSD', 1.12518, 1.12522, 1.1252, now());

CREATE FUNCTION make_quote(amount bigint, ttl interval) RETURNS quote LANGUAGE plpgsql AS $$
DECLARE
  of rate;
  made quote;
BEGIN
  SELECT * INTO of FROM rate WHERE pair = 'EURUSD';
  made.id := nextval('quote_id');
  made.client := 'bench';
  made.source := amount;
  made.fee := round(amount * 0.0035);
  made.rate := round(of.bid * 0.995, 9);
  made.target := floor((amount - made.fee) * made.rate);
  made.spread := floor((amount - made.fee) * of.bid) - made.target;
  made.expires := now() + ttl;
  INSERT INTO quote VALUES (made.*);
  RETURN made;
END $$;

CREATE FUNCTION accept(wanted bigint, its_key text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  of quote;
BEGIN
  SELECT * INTO of FROM quote WHERE id = wanted;
  IF of IS NULL OR of.expires <= now() THEN
    RETURN 'QUOTE_EXPIRED';
  END IF;
  INSERT INTO claim VALUES (wanted, its_key, now()) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN 'QUOTE_CONSUMED';
  END IF;
  INSERT INTO posting (quote, account, currency, minor) VALUES
    (wanted, 'customer', 'EUR', -of.source), (wanted, 'revenue:fee', 'EUR', of.fee),
    (wanted, 'position', 'EUR', of.source - of.fee),
    (wanted, 'position', 'USD', -of.target - of.spread), (wanted, 'customer', 'USD', of.target),
    (wanted, 'revenue:spread', 'USD', of.spread);
  RETURN 'OK';
END $$;
