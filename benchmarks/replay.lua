-- Replays the requests of a file in turn: one a line, "METHOD PATH API-KEY".
-- All bytes are made once in init(), so that a request costs one table look-up while wrk runs.
-- There is no response(): wrk counts answers that are not 2xx by itself, and a Lua call for each
-- answer would slow the generator down.

local requests, position = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, key = line:match("^(%S+) (%S+) (%S+)$")
    requests[#requests + 1] = wrk.format(method, path, { ["X-MBX-APIKEY"] = key })
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "bytes": %d, "failed": %d, "not_2xx": %d, '
      .. '"p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, failed, errors.status,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
