import WarehouseBasics
import WarehouseColumns

/// What makes one text of another.
protocol TextOperation: SendableMetatype {
    /// Whether results may point into the argument's bytes.
    static var isSlice: Bool { get }
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView
}

extension TextOperation { static var isSlice: Bool { false } }

/// A text for a text. The function is a type only below `run`: a generic class would not be specialised.
final class TextMapKernel: ScalarKernel {
    enum Function: Sendable {
        case upper, lower, initialCapitals, reverse, reverseBytes, trim, trimLeft, trimRight, soundex, soundexP123
    }
    private let function: Function
    @exclusivity(unchecked) private var scratch: [UInt8] = []
    init(_ function: Function) { self.function = function }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        switch function {
        case .upper: try map(UpperOperation.self, inputs[0], output, count)
        case .lower: try map(LowerOperation.self, inputs[0], output, count)
        case .initialCapitals: try map(InitialCapitalsOperation.self, inputs[0], output, count)
        case .reverse: try map(ReverseOperation.self, inputs[0], output, count)
        case .reverseBytes: try map(ReverseBytesOperation.self, inputs[0], output, count)
        case .trim: try map(TrimOperation.self, inputs[0], output, count)
        case .trimLeft: try map(TrimLeftOperation.self, inputs[0], output, count)
        case .trimRight: try map(TrimRightOperation.self, inputs[0], output, count)
        case .soundex: try map(SoundexOperation.self, inputs[0], output, count)
        case .soundexP123: try map(SoundexP123Operation.self, inputs[0], output, count)
        }
    }

    private func map<Op: TextOperation>(_ operation: Op.Type, _ input: Vector, _ output: Vector, _ count: Int) throws {
        let texts = Argument<StringView>(input), out = output.strings, arena = output.arena
        if Op.isSlice { output.takeOwners(of: input) }
        var meter = LoopMeter()
        try output.forEachValid(count) { row in
            try meter.pass(bytes: texts[row].count)
            out[row] = Op.apply(texts[row], arena, &scratch)
        }
    }
}

/// What measures a text.
protocol TextMeasure: SendableMetatype {
    static func apply(_ text: StringView) -> Int64
}

/// An integer for a text.
final class TextMeasureKernel: ScalarKernel {
    enum Function: Sendable { case scalars, bytes, bits, firstScalar }
    private let function: Function
    init(_ function: Function) { self.function = function }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        switch function {
        case .scalars: measure(ScalarCountMeasure.self, inputs[0], output, count)
        case .bytes: measure(ByteCountMeasure.self, inputs[0], output, count)
        case .bits: measure(BitCountMeasure.self, inputs[0], output, count)
        case .firstScalar: measure(FirstScalarMeasure.self, inputs[0], output, count)
        }
    }

    private func measure<M: TextMeasure>(_ measure: M.Type, _ input: Vector, _ output: Vector, _ count: Int) {
        let texts = Argument<StringView>(input), out = output.int64s
        output.forEachValid(count) { row in out[row] = M.apply(texts[row]) }
    }
}

extension StringView {
    /// Part of the bytes.
    @inline(__always) func slice(_ start: Int, _ count: Int) -> StringView {
        count <= 0 ? .empty : StringView(bytes + start, count: count)
    }

    @inline(__always) var isASCII: Bool { UTF8Text.isASCII(bytes, count: count) }

    /// Unicode scalars of UTF-8.
    @inline(__always) var scalarCount: Int { UTF8Text.scalarCount(bytes, count: count) }

    /// The bytes as an array of scalars.
    func scalars() -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(count)
        var offset = 0
        while offset < count {
            let (scalar, length) = UTF8Text.scalar(bytes + offset, remaining: count - offset)
            result.append(scalar)
            offset += length
        }
        return result
    }
}

enum UpperOperation: TextOperation {
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        if text.isASCII {
            let bytes = arena.allocate(text.count)
            CaseMapping.upperASCII(text.bytes, count: text.count, to: bytes)
            return StringView(bytes, count: text.count)
        }
        scratch.removeAll(keepingCapacity: true)
        CaseMapping.appendUpper(text.bytes, count: text.count, to: &scratch)
        return arena.copy(scratch)
    }
}

enum LowerOperation: TextOperation {
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        if text.isASCII {
            let bytes = arena.allocate(text.count)
            CaseMapping.lowerASCII(text.bytes, count: text.count, to: bytes)
            return StringView(bytes, count: text.count)
        }
        scratch.removeAll(keepingCapacity: true)
        CaseMapping.appendLower(text.bytes, count: text.count, to: &scratch)
        return arena.copy(scratch)
    }
}

enum InitialCapitalsOperation: TextOperation {
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        scratch.removeAll(keepingCapacity: true)
        InitialCapitals.standard.append(text.bytes, count: text.count, to: &scratch)
        return arena.copy(scratch)
    }
}

/// Scalars in reverse order.
enum ReverseOperation: TextOperation {
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        let bytes = arena.allocate(text.count)
        var offset = 0
        while offset < text.count {
            let length = min(UTF8Text.scalar(text.bytes + offset, remaining: text.count - offset).length,
                             text.count - offset)
            let place = text.count - offset - length
            (bytes + place).update(from: text.bytes + offset, count: length)
            offset += length
        }
        return StringView(bytes, count: text.count)
    }
}

/// Of a BINARY: byte by byte.
enum ReverseBytesOperation: TextOperation {
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        let bytes = arena.allocate(text.count)
        for offset in 0..<text.count { bytes[offset] = text.bytes[text.count - 1 - offset] }
        return StringView(bytes, count: text.count)
    }
}

enum TrimOperation: TextOperation {
    static var isSlice: Bool { true }
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        var start = 0, end = text.count
        while start < end, text.bytes[start] == 32 { start += 1 }
        while end > start, text.bytes[end - 1] == 32 { end -= 1 }
        return text.slice(start, end - start)
    }
}

enum TrimLeftOperation: TextOperation {
    static var isSlice: Bool { true }
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        var start = 0
        while start < text.count, text.bytes[start] == 32 { start += 1 }
        return text.slice(start, text.count - start)
    }
}

enum TrimRightOperation: TextOperation {
    static var isSlice: Bool { true }
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        var end = text.count
        while end > 0, text.bytes[end - 1] == 32 { end -= 1 }
        return text.slice(0, end)
    }
}

/// SOUNDEX: the first letter and three digits for the consonants behind it. Letters without a digit part equal
/// digits, save H and W.
enum SoundexOperation: TextOperation {
    private static let digits: [UInt8] = Array("01230120022455012623010202".utf8)

    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        code(of: text, arena, countsFirst: true)
    }

    /// `countsFirst`: the first letter's own digit is one that the next may equal.
    static func code(of text: StringView, _ arena: ByteArena, countsFirst: Bool) -> StringView {
        var code: [UInt8] = []
        var last: UInt8 = 0
        for index in 0..<text.count {
            let upper = text.bytes[index] & 0xDF
            guard upper >= 65, upper <= 90 else { continue }
            let digit = digits[Int(upper) - 65]
            if code.isEmpty {
                code.append(upper)
                if !countsFirst { continue }
            } else if digit != 48, digit != last {
                code.append(digit)
                if code.count == 4 { break }
            }
            if upper != 72, upper != 87 { last = digit }
        }
        guard !code.isEmpty else { return .empty }
        while code.count < 4 { code.append(48) }
        return arena.copy(code)
    }
}

/// SOUNDEX_P123: as SOUNDEX, but a second letter with the first one's digit counts.
enum SoundexP123Operation: TextOperation {
    static func apply(_ text: StringView, _ arena: ByteArena, _ scratch: inout [UInt8]) -> StringView {
        SoundexOperation.code(of: text, arena, countsFirst: false)
    }
}

enum ScalarCountMeasure: TextMeasure {
    @inline(__always) static func apply(_ text: StringView) -> Int64 { Int64(text.scalarCount) }
}

enum ByteCountMeasure: TextMeasure {
    @inline(__always) static func apply(_ text: StringView) -> Int64 { Int64(text.count) }
}

enum BitCountMeasure: TextMeasure {
    @inline(__always) static func apply(_ text: StringView) -> Int64 { Int64(text.count) &* 8 }
}

/// The first scalar's number, 0 for the empty text.
enum FirstScalarMeasure: TextMeasure {
    static func apply(_ text: StringView) -> Int64 {
        guard text.count > 0 else { return 0 }
        return Int64(UTF8Text.scalar(text.bytes, remaining: text.count).scalar.value)
    }
}
