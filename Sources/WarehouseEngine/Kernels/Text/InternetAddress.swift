import WarehouseBasics
import WarehouseColumns

/// PARSE_IP: an IPv4 or IPv6 address, with or without the length of its network's prefix.
struct InternetAddress {
    var isVersion6: Bool
    /// The address in its lowest bits.
    var value: UInt128
    var prefixLength: Int?
    /// The address as written.
    var host: String

    /// Nil when the text is no address.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        host = String(parts[0])
        isVersion6 = host.contains(":")
        guard let value = isVersion6 ? Self.version6(host) : Self.version4(host) else { return nil }
        self.value = value
        guard parts.count == 2 else { return }
        guard let length = Self.decimal(parts[1], limit: isVersion6 ? 128 : 32) else { return nil }
        prefixLength = length
    }

    private static func decimal(_ text: Substring, limit: Int) -> Int? {
        guard (1...3).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
              let value = Int(text), value <= limit else { return nil }
        return value
    }

    private static func version4(_ text: String) -> UInt128? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt128 = 0
        for part in parts {
            guard let octet = decimal(part, limit: 255) else { return nil }
            value = value << 8 | UInt128(octet)
        }
        return value
    }

    private static func version6(_ text: String) -> UInt128? {
        var text = text
        // The last 32 bits may be written as an IPv4 address.
        if let dot = text.lastIndex(of: ":"), text[dot...].contains(".") {
            guard let tail = version4(String(text[text.index(after: dot)...])) else { return nil }
            text = text[...dot] + String(tail >> 16, radix: 16) + ":" + String(tail & 0xFFFF, radix: 16)
        }
        let halves = separated(text)
        guard halves.count <= 2 else { return nil }
        let groups = halves.map { $0.isEmpty ? [] : $0.split(separator: ":", omittingEmptySubsequences: false) }
        let count = groups.reduce(0) { $0 + $1.count }
        guard halves.count == 2 ? count < 8 : count == 8 else { return nil }
        let filled = groups[0].map { $0 } + Array(repeating: "0", count: 8 - count)
            + (groups.count == 2 ? groups[1].map { $0 } : [])
        var value: UInt128 = 0
        for group in filled {
            guard (1...4).contains(group.utf8.count), group.first != "+", group.first != "-",
                  let number = UInt16(group, radix: 16) else { return nil }
            value = value << 16 | UInt128(number)
        }
        return value
    }

    /// The parts before and behind `::`.
    private static func separated(_ text: String) -> [String] {
        var parts = [""]
        var rest = Substring(text)
        while !rest.isEmpty {
            if rest.hasPrefix("::") {
                parts.append("")
                rest = rest.dropFirst(2)
            } else {
                parts[parts.count - 1].append(rest.removeFirst())
            }
        }
        return parts
    }

    private func hexadecimal(_ value: UInt128) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    func write(to builder: VariantBuilder, type: String) throws {
        let bits = isVersion6 ? 128 : 32
        let all: UInt128 = isVersion6 ? .max : 0xFFFF_FFFF
        try builder.beginObject()
        builder.key("family")
        builder.integer(isVersion6 ? 6 : 4)
        let hostBits = prefixLength.map { bits - $0 }
        let mask = hostBits.map { $0 == 128 ? 0 : (all >> UInt128($0)) << UInt128($0) }
        if isVersion6 {
            builder.key("hex_ipv6")
            builder.string(hexadecimal(value))
            if let mask {
                builder.key("hex_ipv6_range_end")
                builder.string(hexadecimal(value | ~mask))
                builder.key("hex_ipv6_range_start")
                builder.string(hexadecimal(value & mask))
            }
        }
        builder.key("host")
        builder.string(host)
        builder.key("ip_fields")
        try builder.beginArray()
        for field in 0..<4 {
            let shift = UInt128(isVersion6 ? 96 - 32 * field : 0)
            builder.integer(isVersion6 || field == 0 ? Int128(value >> shift & 0xFFFF_FFFF) : 0)
        }
        try builder.endArray()
        builder.key("ip_type")
        builder.string(type)
        if !isVersion6 {
            builder.key("ipv4")
            builder.integer(Int128(value))
            if let mask {
                builder.key("ipv4_range_end")
                builder.integer(Int128(value | (all & ~mask)))
                builder.key("ipv4_range_start")
                builder.integer(Int128(value & mask))
            }
        }
        if let prefixLength {
            builder.key("netmask_prefix_length")
            builder.integer(Int128(prefixLength))
        }
        builder.key("snowflake$type")
        builder.string("ip_address")
        try builder.endObject()
    }

    /// PARSE_IP's body: with `isPermissive` a text that is no address gives an object with its `error`.
    static func write(_ text: StringView, type: StringView, isPermissive: Bool, _ builder: VariantBuilder) throws
        -> Bool {
        let kind = type.string.lowercased()
        guard kind == "inet" || kind == "cidr" else {
            throw WarehouseError(.invalidValue, "PARSE_IP: the type '\(TextParseKernel.shown(type))' is neither INET nor "
                + "CIDR.")
        }
        if let address = InternetAddress(text.string) {
            try address.write(to: builder, type: kind)
            return true
        }
        let message = "Error parsing IP address: '\(TextParseKernel.shown(text))'"
        guard isPermissive else { throw WarehouseError(.invalidValue, message) }
        try builder.beginObject()
        builder.key("error")
        builder.string(message)
        try builder.endObject()
        return true
    }
}
