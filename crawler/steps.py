"""Steps: what Redis does for the workers of one crawl, each in one go: scripts in its own language, by name.

A key is handed over whole, or the beginning of many.  A worker's name holds no blank; a lease is
its holder's name and a number that no other lease has.
"""

_LET_GO = """
        local function let_go(leases, worker, prefix)
            for _, url in ipairs(redis.call('SMEMBERS', leases)) do
                local holder = redis.call('GET', prefix .. url)
                if holder and string.match(holder, '^%S+') == worker then redis.call('DEL', prefix .. url) end
            end
            redis.call('DEL', leases)
        end"""
"""Takes a worker's leases away; what others hold by now stays theirs."""

STEPS = {
    # KEYS: requests, seen.  ARGV: text, priority, fingerprint, whether doubles are dropped.
    "push": """
        if redis.call('HINCRBY', KEYS[2], ARGV[3], 1) > 1 and ARGV[4] == '1'
            or redis.call('ZADD', KEYS[1], -tonumber(ARGV[2]), ARGV[1]) == 0 then
            redis.call('HINCRBY', KEYS[2], ARGV[3], -1)
            return 0
        end
        return 1""",
    # KEYS: requests, held.
    "pop": """
        local text = redis.call('ZPOPMIN', KEYS[1])[1]
        if text then redis.call('SADD', KEYS[2], text) end
        return text""",
    # KEYS: held, seen.  ARGV: text, fingerprint.  One that was taken up by others counts as theirs.
    "done": """
        if redis.call('SREM', KEYS[1], ARGV[1]) == 1 and redis.call('HINCRBY', KEYS[2], ARGV[2], -1) < 1 then
            redis.call('HDEL', KEYS[2], ARGV[2])
        end""",
    # KEYS: held, requests.  ARGV: text, priority.
    "back": "if redis.call('SREM', KEYS[1], ARGV[1]) == 1 then redis.call('ZADD', KEYS[2], -ARGV[2], ARGV[1]) end",
    # KEYS: requests, workers.  ARGV: prefix, a worker to take up although it lives, or ''.  Whoever gives no sign of
    # life has no lease any more, be it younger than the last sign: else what it held is taken for somebody's, and lost.
    "take_up": _LET_GO
    + """
        local number = 0
        for _, worker in ipairs(redis.call('SMEMBERS', KEYS[2])) do
            if worker == ARGV[2] or redis.call('EXISTS', ARGV[1] .. 'alive:' .. worker) == 0 then
                for _, text in ipairs(redis.call('SMEMBERS', ARGV[1] .. 'held:' .. worker)) do
                    if string.sub(text, 1, 1) == '{' then
                        redis.call('ZADD', KEYS[1], -cjson.decode(text)['priority'], text)
                        number = number + 1
                    end
                end
                redis.call('DEL', ARGV[1] .. 'held:' .. worker)
                if worker ~= ARGV[2] then
                    let_go(ARGV[1] .. 'leases:' .. worker, worker, ARGV[1] .. 'lease:')
                    redis.call('SREM', KEYS[2], worker)
                end
            end
        end
        return number""",
    # KEYS: requests, workers.  ARGV: prefix, the worker that asks.
    "waiting": """
        local number = redis.call('ZCARD', KEYS[1])
        for _, worker in ipairs(redis.call('SMEMBERS', KEYS[2])) do
            if worker ~= ARGV[2] then number = number + redis.call('SCARD', ARGV[1] .. 'held:' .. worker) end
        end
        return number""",
    # KEYS: the lease, the worker's leases, tokens.  ARGV: worker, milliseconds, URL.  Own leases are given once more.
    "lease": """
        local holder = redis.call('GET', KEYS[1])
        if holder and string.match(holder, '^%S+') ~= ARGV[1] then return false end
        local mine = holder or ARGV[1] .. ' ' .. redis.call('INCR', KEYS[3])
        redis.call('SET', KEYS[1], mine, 'PX', ARGV[2])
        redis.call('SADD', KEYS[2], ARGV[3])
        return mine""",
    # KEYS: the lease, the worker's leases.  ARGV: token, URL.
    "release": """
        if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
        redis.call('SREM', KEYS[2], ARGV[2])""",
    # KEYS: alive, workers, the worker's leases.  ARGV: worker, milliseconds, prefix of leases.
    "beat": """
        redis.call('SET', KEYS[1], 1, 'PX', ARGV[2])
        redis.call('SADD', KEYS[2], ARGV[1])
        for _, url in ipairs(redis.call('SMEMBERS', KEYS[3])) do
            local holder = redis.call('GET', ARGV[3] .. url)
            if holder and string.match(holder, '^%S+') == ARGV[1] then
                redis.call('PEXPIRE', ARGV[3] .. url, ARGV[2])
            else
                redis.call('SREM', KEYS[3], url)
            end
        end""",
    # KEYS: the worker's leases.  ARGV: worker, prefix of leases.
    "forget": _LET_GO
    + """
        let_go(KEYS[1], ARGV[1], ARGV[2])""",
    # KEYS: the host's turn, who waits for it, when each asked last.  ARGV: worker, milliseconds.
    # First come, first served, but who does not ask for three seconds has lost its place.  Returns how long to wait.
    "turn": """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)
        redis.call('ZADD', KEYS[2], 'NX', now, ARGV[1])
        redis.call('HSET', KEYS[3], ARGV[1], now)
        local first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
        while tonumber(redis.call('HGET', KEYS[3], first) or 0) < now - 3000 do
            redis.call('ZREM', KEYS[2], first)
            redis.call('HDEL', KEYS[3], first)
            first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
        end
        local left = redis.call('PTTL', KEYS[1])
        if left > 0 or first ~= ARGV[1] then return math.max(10, left) end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        redis.call('ZREM', KEYS[2], first)
        redis.call('HDEL', KEYS[3], first)
        return 0""",
    # KEYS: the host's turn.  ARGV: worker, milliseconds.
    "keep_off": """
        if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        end""",
}
"""Name of each step, and what Redis does in it."""
