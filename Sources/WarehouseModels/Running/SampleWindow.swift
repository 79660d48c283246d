import WarehouseBasics

extension InputFilter {
    /// Reads what `--sample` is given: `3 days`, which ends now, or `{"start": "2026-01-01", "end": "2026-02-01"}`.
    public init(sample text: String, now: Int128) throws(WarehouseError) {
        let words = text.split(separator: " ")
        if words.count == 2, let count = Int(words[0]), count > 0, count <= 100_000 {
            var unit = words[1].lowercased()
            if unit.hasSuffix("s") { unit.removeLast() }
            if let size = BatchSize(rawValue: unit) {
                let end = LocalDateTime(nanoseconds: now)
                self = .between(size.start(end, offset: -count), end)
                return
            }
        }
        if let json = try? JSON(parsing: text), let start = json["start"].string, let end = json["end"].string,
           let first = LocalDateTime(text: start), let last = LocalDateTime(text: end), first < last {
            self = .between(first, last)
            return
        }
        throw WarehouseError(
            .usage, "--sample takes a number of hours, days, months or years, such as '3 days', or "
                + "'{\"start\": \"2026-01-01\", \"end\": \"2026-02-01\"}', not '\(text)'.")
    }
}
