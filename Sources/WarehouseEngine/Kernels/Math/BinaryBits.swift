import WarehouseBasics
import WarehouseColumns

/// BITAND and its kin over the bits of BINARY values.
enum BinaryBits {
    /// On which side the shorter of two values is filled with zeros.
    enum Padding: String, Sendable { case left = "LEFT", right = "RIGHT" }

    /// Values of unequal lengths need `padding`.
    static func combine(_ a: StringView, _ b: StringView, _ operation: BitKernel.Operation,
                        padding: Padding?) throws -> [UInt8] {
        if a.count != b.count, padding == nil {
            throw WarehouseError(.unequalLengths, "The lengths of two variable-sized fields do not match: first length "
                + "\(a.count), second length \(b.count)")
        }
        let count = max(a.count, b.count), left = padding == .left
        var result = [UInt8](repeating: 0, count: count)
        let x = a.buffer, y = b.buffer
        let shiftX = left ? count - x.count : 0, shiftY = left ? count - y.count : 0
        for index in 0..<count {
            let inX = index - shiftX, inY = index - shiftY
            let first = inX >= 0 && inX < x.count ? x[inX] : 0
            let second = inY >= 0 && inY < y.count ? y[inY] : 0
            switch operation {
            case .and: result[index] = first & second
            case .or: result[index] = first | second
            default: result[index] = first ^ second
            }
        }
        return result
    }

    static func inverted(_ value: StringView) -> [UInt8] { value.buffer.map { ~$0 } }

    /// As many bytes as before; what leaves at one end is lost, zeros come in at the other.
    static func shifted(_ value: StringView, by distance: Int64, left: Bool) throws -> [UInt8] {
        guard distance >= 0 else {
            throw WarehouseError(.invalidValue, "A BINARY cannot be shifted by \(distance) bits: a negative number.")
        }
        let bytes = value.buffer, count = bytes.count
        var result = [UInt8](repeating: 0, count: count)
        guard distance < Int64(count) * 8 else { return result }
        let whole = Int(distance / 8), bits = Int(distance % 8)
        for index in 0..<count {
            if left {
                let source = index + whole
                guard source < count else { break }
                let next = source + 1 < count ? bytes[source + 1] : 0
                result[index] = UInt8(truncatingIfNeeded: (((UInt16(bytes[source]) << 8) | UInt16(next)) << bits) >> 8)
            } else {
                let source = index - whole
                guard source >= 0 else { continue }
                let previous = source > 0 ? bytes[source - 1] : 0
                result[index] = UInt8(truncatingIfNeeded: ((UInt16(previous) << 8) | UInt16(bytes[source])) >> bits)
            }
        }
        return result
    }

    /// The node of a call whose first argument is BINARY.
    static func node(_ call: FunctionCall, _ operation: BitKernel.Operation) throws -> CompiledNode {
        switch operation {
        case .not:
            return try call.node([call.text(0)], .string) {
                BytesKernel { arguments, row in inverted(arguments.text(0, row)) }
            }
        case .shiftLeft, .shiftRight:
            let isLeft = operation == .shiftLeft
            return try call.node([call.text(0), call.integer(1)], .string, raises: true) {
                BytesKernel { arguments, row in
                    try shifted(arguments.text(0, row), by: arguments.integer(1, row), left: isLeft)
                }
            }
        case .and, .or, .xor:
            let padding = call.arguments.count > 2 ? Padding(rawValue: try call.constantText(2)) : nil
            return try call.node([call.text(0), call.text(1)], .string, raises: true) {
                BytesKernel { arguments, row in
                    try combine(arguments.text(0, row), arguments.text(1, row), operation, padding: padding)
                }
            }
        case .get: throw call.unsupported()
        }
    }
}
