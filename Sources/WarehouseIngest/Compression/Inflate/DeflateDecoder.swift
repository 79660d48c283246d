import WarehouseBasics

/// What is wrong with deflated data, in zlib's words.
struct DeflateError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    static let truncated = DeflateError("it ends too early; it was cut off")
}

/// Decodes one deflate stream (RFC 1951) after another into a window. What zlib refuses is refused.
final class DeflateDecoder {
    let input: BitInput
    let window: InflateWindow
    let literals = HuffmanTable(indexBits: 11, capacity: 2342)
    let distances = HuffmanTable(indexBits: 8, capacity: 402)
    private let codeLengths = HuffmanTable(indexBits: 7, capacity: 128)
    private let lengths: UnsafeMutablePointer<UInt8>

    private enum State { case header, stored(left: Int), compressed, done }
    private var state = State.done
    private var isLastBlock = false
    private var holdsFixedCode = false

    init(_ input: BitInput, _ window: InflateWindow) {
        self.input = input
        self.window = window
        lengths = .allocate(capacity: DeflateAlphabets.literalCount + DeflateAlphabets.distanceCount)
        lengths.initialize(repeating: 0, count: DeflateAlphabets.literalCount + DeflateAlphabets.distanceCount)
    }

    deinit {
        literals.deallocate()
        distances.deallocate()
        codeLengths.deallocate()
        lengths.deallocate()
    }

    /// Begins a stream at the input's place, a whole byte.
    func begin() {
        state = .header
        isLastBlock = false
        window.beginMember()
    }

    /// Decodes until the window is full (false) or the stream ends (true). Throws `DeflateError`, or what the source
    /// throws.
    func decode() throws -> Bool {
        while true {
            switch state {
            case .header: try beginBlock()
            case .stored(let left):
                let rest = try copyStored(left)
                state = rest > 0 ? .stored(left: rest) : afterBlock()
                if rest > 0 { return false }
            case .compressed:
                guard try decodeBlock() else { return false }
                state = afterBlock()
            case .done:
                input.alignToByte()
                return true
            }
        }
    }

    private func afterBlock() -> State { isLastBlock ? .done : .header }

    private func beginBlock() throws {
        let head = try input.take(3)
        if input.isOverrun { throw DeflateError.truncated }
        isLastBlock = head & 1 == 1
        switch head >> 1 {
        case 0: state = .stored(left: try storedLength())
        case 1:
            try readFixedCode()
            state = .compressed
        case 2:
            try readDynamicCode()
            state = .compressed
        default: throw DeflateError("invalid block type")
        }
    }

    private func storedLength() throws -> Int {
        input.alignToByte()
        var bytes: UInt32 = 0
        for index in 0..<4 {
            guard let byte = try input.byte() else { throw DeflateError.truncated }
            bytes |= UInt32(byte) << UInt32(8 * index)
        }
        guard bytes & 0xFFFF == ~bytes >> 16 else { throw DeflateError("invalid stored block lengths") }
        return Int(bytes & 0xFFFF)
    }

    /// What is left of a stored block when the window is full.
    private func copyStored(_ count: Int) throws -> Int {
        var left = count
        while left > 0, window.position < window.limit {
            let copied = try input.copyBytes(to: window.position, min(left, window.limit - window.position))
            if copied == 0 { throw DeflateError.truncated }
            window.position += copied
            left -= copied
        }
        return left
    }

    private func readFixedCode() throws {
        if holdsFixedCode { return }
        for symbol in 0..<DeflateAlphabets.literalCount {
            lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8
        }
        try build(literals, lengths, DeflateAlphabets.shared.literalsAndLengths, DeflateAlphabets.literalCount, "fixed")
        lengths.update(repeating: 5, count: DeflateAlphabets.distanceCount)
        try build(distances, lengths, DeflateAlphabets.shared.distances, DeflateAlphabets.distanceCount, "fixed")
        holdsFixedCode = true
    }

    private func readDynamicCode() throws {
        holdsFixedCode = false
        let literalCount = 257 + Int(try input.take(5)), distanceCount = 1 + Int(try input.take(5))
        let codeCount = 4 + Int(try input.take(4))
        if input.isOverrun { throw DeflateError.truncated }
        if literalCount > 286 || distanceCount > 30 { throw DeflateError("too many length or distance symbols") }
        lengths.update(repeating: 0, count: DeflateAlphabets.codeLengthCount)
        for index in 0..<codeCount {
            lengths[Int(DeflateAlphabets.codeLengthOrder[index])] = UInt8(truncatingIfNeeded: try input.take(3))
        }
        if input.isOverrun { throw DeflateError.truncated }
        guard codeLengths.build(
            lengths: lengths, payloads: DeflateAlphabets.shared.codeLengths, count: DeflateAlphabets.codeLengthCount,
            allowsIncomplete: false)
        else { throw DeflateError("invalid code lengths set") }
        try readCodeLengths(literalCount + distanceCount)
        if lengths[256] == 0 { throw DeflateError("invalid code -- missing end-of-block") }
        try build(literals, lengths, DeflateAlphabets.shared.literalsAndLengths, literalCount, "literal/lengths")
        try build(distances, lengths + literalCount, DeflateAlphabets.shared.distances, distanceCount, "distances")
    }

    private func build(
        _ table: HuffmanTable, _ lengths: UnsafePointer<UInt8>, _ payloads: UnsafePointer<UInt32>, _ count: Int,
        _ name: String
    ) throws {
        guard table.build(lengths: lengths, payloads: payloads, count: count, allowsIncomplete: true) else {
            throw DeflateError("invalid \(name) set")
        }
    }

    /// The run-length coded lengths of both codes (3.2.7).
    private func readCodeLengths(_ total: Int) throws {
        var index = 0
        while index < total {
            if input.bitCount < 14 { try input.fillBits() }
            let entry = codeLengths.entries[Int(input.bits & 127)]
            _ = try input.take(Int(entry & 0xFF))
            let symbol = Int(entry >> 16)
            if symbol < 16 {
                lengths[index] = UInt8(truncatingIfNeeded: symbol)
                index += 1
            } else {
                let (value, count) = try readRepeat(symbol, index)
                guard index + count <= total else { throw overrunOr("invalid bit length repeat") }
                (lengths + index).update(repeating: value, count: count)
                index += count
            }
            if input.isOverrun { throw DeflateError.truncated }
        }
    }

    private func readRepeat(_ symbol: Int, _ index: Int) throws -> (value: UInt8, count: Int) {
        switch symbol {
        case 16:
            guard index > 0 else { throw overrunOr("invalid bit length repeat") }
            return (lengths[index - 1], 3 + Int(try input.take(2)))
        case 17: return (0, 3 + Int(try input.take(3)))
        default: return (0, 11 + Int(try input.take(7)))
        }
    }

    /// What was decoded from zeros behind the end says nothing but that the end came too early.
    func overrunOr(_ reason: String) -> DeflateError { input.isOverrun ? .truncated : DeflateError(reason) }
}
