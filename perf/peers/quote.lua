-- What a team would build instead, on Redis: reads a rate, computes fee and amount, stores the
-- quote with its time to live and returns it.
--   KEYS[1] the rate's hash, ARGV amount in minor units, ttl in ms, markup and fee in bps
local rate = redis.call('HMGET', KEYS[1], 'bid', 'ask', 'mid', 'at')
if not rate[1] then return {err = 'NO_RATE'} end
local amount, ttl = tonumber(ARGV[1]), tonumber(ARGV[2])
local fee = math.floor(amount * tonumber(ARGV[4]) / 10000 + 0.5)
local client_rate = tonumber(rate[1]) * (1 - tonumber(ARGV[3]) / 10000)
local target = math.floor((amount - fee) * client_rate)
local id = redis.call('INCR', 'quote:id')
local quote = cmsgpack.pack({ok = true, quote = id, source = amount, fee = fee, target = target,
  rate = client_rate, mid = rate[3], at = rate[4], ttl = ttl})
redis.call('SET', 'quote:' .. id, quote, 'PX', ttl)
return quote
