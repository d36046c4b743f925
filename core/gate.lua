-- One round trip at the door: who is calling, and whether every limit admits one more.
--
-- KEYS: identity, then one hash per limit.
-- ARGV: (requests, window in milliseconds) per limit; then 0 if nothing is counted unless the identity is there.
-- Answers: {identity or false, admitted 0/1, then (remaining, reset at, wait) in milliseconds per limit}, or {identity or
-- false} alone if nothing was counted.
--
-- A limit is a sliding window counter: the hits of this window, and of the one before in proportion to how much of it
-- the sliding window still covers, which ends with the millisecond that it is: at the start of a window, all but one.
-- Either every limit counts the request, or none does: a caller refused by his own limit uses up nothing of his
-- organization's.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answer = { redis.call('GET', KEYS[1]), 1 }
local windows = {}

if ARGV[#ARGV] == '0' and (answer[1] or '') == '' then
  return { answer[1] }
end

for i = 2, #KEYS do
  local requests, length = tonumber(ARGV[2 * i - 3]), tonumber(ARGV[2 * i - 2])
  local index, elapsed = math.floor(now / length), now % length
  local stored = redis.call('HMGET', KEYS[i], 'window', 'current', 'previous')
  local window, current, previous = tonumber(stored[1] or -1), tonumber(stored[2] or 0), tonumber(stored[3] or 0)
  if window == index - 1 then
    previous, current = current, 0
  elseif window ~= index then
    previous, current = 0, 0
  end
  local used = current + math.floor(previous * (length - elapsed - 1) / length)
  if used + 1 > requests then
    answer[2] = 0
  end
  windows[#windows + 1] = { KEYS[i], requests, length, index, elapsed, current, previous, used }
end

for _, w in ipairs(windows) do
  local key, requests, length, index, elapsed, current, previous, used = unpack(w)
  local wait = 0
  if used + 1 > requests then
    -- Until the share of the older hits has shrunk far enough: within this window, or within the next.
    if current < requests then
      wait = length - math.ceil(length * (requests - current) / previous) - elapsed
    else
      wait = (length - elapsed) + length - math.ceil(length * requests / current)
    end
  elseif answer[2] == 1 then
    current, used = current + 1, used + 1
    redis.call('HSET', key, 'window', index, 'current', current, 'previous', previous)
    redis.call('PEXPIRE', key, 2 * length)
  end
  answer[#answer + 1] = math.max(0, requests - used)
  answer[#answer + 1] = now + (wait > 0 and wait or length - elapsed)
  answer[#answer + 1] = wait
end

return answer
