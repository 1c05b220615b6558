-- Refuses JSON that Triton would not survive. Envoy runs this for every request with a body,
-- locally and in the mesh.
--
-- Measured on Triton 2.51: 120,000 nested brackets overflow its parser's stack, and a shape
-- whose product overflows 64 bits ends in a segmentation fault; both end the server.

local MAX_DEPTH = 64

local function refuse(handle, message)
  handle:respond({[":status"] = "400"}, message)
end

-- The position behind the closing quote of the string that begins at `start`, and whether the
-- string has an escape; nil when it never ends.
local function string_end(text, start)
  local position, escaped = start + 1, false
  while true do
    local found = string.find(text, '["\\]', position)
    if found == nil then
      return nil
    end
    if string.byte(text, found) == 34 then
      return found + 1, escaped
    end
    escaped = true
    position = found + 2
  end
end

-- A body cannot hold more elements than it has bytes.
local function shape_fits(numbers, limit)
  local elements = 1
  for number in string.gmatch(numbers, "[^,]+") do
    local size = tonumber(number)
    if size == nil or size < 0 or size > limit then
      return false
    end
    elements = elements * size
    if elements > limit then
      return false
    end
  end
  return true
end

-- What is wrong with the JSON, or nil. Stops caring where the JSON ends to be valid: from there
-- on Triton does not read it either.
local function fault(text, body_length)
  local depth, position = 0, 1
  while true do
    local found = string.find(text, '["%[%]{}]', position)
    if found == nil then
      return nil
    end
    local byte = string.byte(text, found)
    position = found + 1
    if byte == 34 then -- a string, perhaps a key
      local after, escaped = string_end(text, found)
      if after == nil then
        return nil
      end
      local _, colon = string.find(text, "^%s*:", after)
      if colon ~= nil then
        if escaped then
          return "keys must be written without escapes"
        end
        if string.sub(text, found, after - 1) == '"shape"' then
          local _, _, numbers = string.find(text, "^%s*%[([^%[%]]*)%]", colon + 1)
          if numbers ~= nil and not shape_fits(numbers, body_length) then
            return "shape does not fit the request: it has more elements than the body has bytes"
          end
        end
      end
      position = after
    elseif byte == 91 or byte == 123 then
      depth = depth + 1
      if depth > MAX_DEPTH then
        return "the JSON is nested more than " .. MAX_DEPTH .. " levels deep"
      end
    else
      depth = depth - 1
    end
  end
end

function envoy_on_request(handle)
  local headers = handle:headers()
  local kind = headers:get("content-type") or ""
  if headers:get(":method") ~= "POST" or string.sub(kind, 1, 16) == "application/grpc" then
    return
  end
  -- Tensors may follow the JSON as raw bytes; this header says where it ends. It must be read
  -- now: waiting for the body ends the life of `headers`.
  local told_length = tonumber(headers:get("inference-header-content-length") or "")
  local body = handle:body()
  if body == nil then
    return
  end
  local length = body:length()
  local json_length = told_length or length
  if json_length < 0 or json_length > length then
    json_length = length
  end
  -- Envoy lets a request pass when its script fails; this one must not.
  local sound, reason = pcall(fault, body:getBytes(0, json_length), length)
  if not sound then
    reason = "the JSON could not be checked"
  end
  if reason ~= nil then
    refuse(handle, reason)
  end
end
