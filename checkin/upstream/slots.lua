-- How many requests each process may have under way at one host, never more together than the limit.
--
-- KEYS: a sorted set (holder, until when in milliseconds on this clock), a hash (holder, slots held), a hash (holder,
-- slots wanted).
-- ARGV: holder, limit, slots in use now, slots wanted (those in use included), how long it holds them, in milliseconds.
-- Answers: {slots it may fill from now on, whether others want more than they have}.
--
-- A holder that does not come back in time is dead, and what it held is free. Slots in use are taken from nobody: they
-- count as held until the holder says that they are not in use any more. Until it has the answer it starts nothing new.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local holder, limit, used, wanted, ttl = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])

for _, gone in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
  redis.call('HDEL', KEYS[3], gone)
end

if wanted == 0 then
  redis.call('ZREM', KEYS[1], holder)
  redis.call('HDEL', KEYS[2], holder)
  redis.call('HDEL', KEYS[3], holder)
  return { 0, 0 }
end

redis.call('HSET', KEYS[3], holder, wanted)
local held, others, of = redis.call('HGETALL', KEYS[2]), 0, {}
for i = 1, #held, 2 do
  of[held[i]] = tonumber(held[i + 1])
  if held[i] ~= holder then others = others + of[held[i]] end
end

-- What each would get if the limit were dealt out evenly, none more than it wants: the smallest wants first.
local wants = redis.call('HGETALL', KEYS[3])
local amounts, hungry, starving = {}, 0, false
for i = 1, #wants, 2 do
  local amount, has = tonumber(wants[i + 1]), of[wants[i]] or 0
  amounts[#amounts + 1] = amount
  if wants[i] ~= holder and amount > has then
    hungry = 1
    starving = starving or has == 0
  end
end
table.sort(amounts)
local left, share = limit, limit
for i, amount in ipairs(amounts) do
  local even = math.max(1, math.floor(left / (#amounts - i + 1)))
  if amount > even then
    share = even
    break
  end
  left = left - amount
end
-- More holders than slots take turns: who has one gives it up for who has none.
if starving and #amounts > limit and (of[holder] or 0) > 0 then share = 0 end

local mine = math.max(0, math.min(wanted, share, limit - others))
redis.call('HSET', KEYS[2], holder, math.max(used, mine))
redis.call('ZADD', KEYS[1], now + ttl, holder)
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ttl + 1000) end
return { mine, hungry }
