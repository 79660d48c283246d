import WarehouseBasics
import WarehouseColumns

/// MD5, SHA1, SHA2 of bytes, as lower-case hexadecimal digits or as BINARY.
final class DigestKernel: ScalarKernel {
    enum Algorithm: Sendable {
        case md5
        case sha(SHA.Variant)
    }
    private let algorithm: Algorithm
    private let isHex: Bool

    init(_ algorithm: Algorithm, isHex: Bool) {
        self.algorithm = algorithm
        self.isHex = isHex
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<StringView>(inputs[0])
        switch algorithm {
        case .md5: runMD5(values, output, count)
        case .sha(let variant): runSHA(variant, values, output, count)
        }
    }
}

extension DigestKernel {
    private func runSHA(_ variant: SHA.Variant, _ values: Argument<StringView>, _ output: Vector, _ count: Int) {
        let out = output.strings, arena = output.arena, size = variant.rawValue
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: size) { scratch in
            guard let digest = scratch.baseAddress else { return }
            output.forEachValid(count) { row in
                let value = values[row], target = isHex ? digest : arena.allocate(size)
                SHA.write(variant, value.bytes, count: value.count, to: target)
                guard isHex else {
                    out[row] = StringView(target, count: size)
                    return
                }
                let text = arena.allocate(2 * size)
                HexEncoding.write(StringView(digest, count: size), uppercase: false, to: text)
                out[row] = StringView(text, count: 2 * size)
            }
        }
    }

    private func runMD5(_ values: Argument<StringView>, _ output: Vector, _ count: Int) {
        let out = output.strings, arena = output.arena
        if isHex {
            MD5Batch.forEach(values, output, count) { row, digest in
                let text = arena.allocate(32)
                digest.writeHex(to: text)
                out[row] = StringView(text, count: 32)
            }
            return
        }
        MD5Batch.forEach(values, output, count) { row, digest in
            let bytes = arena.allocate(16)
            UnsafeMutableRawPointer(bytes).storeBytes(of: digest.number.littleEndian, as: UInt128.self)
            out[row] = StringView(bytes, count: 16)
        }
    }
}

/// Numbers that MD5 gives: MD5_NUMBER_LOWER64 and MD5_NUMBER_UPPER64, which are half of the digest, big-endian, without a
/// sign; and the whole of it, as a key that nobody sees.
final class DigestNumberKernel: ScalarKernel {
    enum Part: Sendable { case lower, upper, whole }
    private let part: Part
    init(_ part: Part) { self.part = part }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.int128s, part = part
        MD5Batch.forEach(Argument<StringView>(inputs[0]), output, count) { row, digest in
            out[row] = switch part {
            case .lower: Int128(digest.halves.lower)
            case .upper: Int128(digest.halves.upper)
            case .whole: Int128(bitPattern: digest.number)
            }
        }
    }
}

/// HASH(…): 64 bits for any values, NULL included. Equal numbers hash alike whatever their type.
final class HashKernel: ScalarKernel {
    private let types: [LogicalType]
    private let physicalTypes: [PhysicalType]
    override var isStrict: Bool { false }

    init(_ types: [LogicalType], _ physicalTypes: [PhysicalType]) {
        self.types = types
        self.physicalTypes = physicalTypes
    }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let out = output.int64s
        for row in 0..<count { out[row] = 0x51ED_270B }
        for index in inputs.indices {
            let input = inputs[index], validity = ArgumentValidity(input), type = types[index]
            switch physicalTypes[index] {
            case .bool: add(Argument<UInt8>(input), validity, out, count) { Hash64.mix(UInt64($0) &+ 2) }
            case .int32: add(Argument<Int32>(input), validity, out, count) { HashKernel.hash(Int128($0), type) }
            case .int64: add(Argument<Int64>(input), validity, out, count) { HashKernel.hash(Int128($0), type) }
            case .int128: add(Argument<Int128>(input), validity, out, count) { HashKernel.hash($0, type) }
            case .double: add(Argument<Double>(input), validity, out, count) { HashKernel.hash($0) }
            default:
                add(Argument<StringView>(input), validity, out, count) {
                    Hash64.bytes(UnsafeRawPointer($0.bytes), count: $0.count)
                }
            }
        }
    }

    @inline(__always) private func add<T>(_ values: Argument<T>, _ validity: ArgumentValidity,
                                          _ out: UnsafeMutablePointer<Int64>, _ count: Int, _ hash: (T) -> UInt64) {
        for row in 0..<count {
            let next = validity.isValid(row) ? hash(values[row]) : 0x7E57_AB1E_0DDB_A11C
            out[row] = Int64(bitPattern: Hash64.combine(UInt64(bitPattern: out[row]), next))
        }
    }

    /// Decimals without their trailing zeros; times in nanoseconds; zoned times by the instant.
    private static func hash(_ value: Int128, _ type: LogicalType) -> UInt64 {
        switch type {
        case .number(_, var scale):
            var digits = value
            while scale > 0, digits % 10 == 0 {
                digits /= 10
                scale -= 1
            }
            return scale == 0 ? Hash64.mix(digits) : Hash64.combine(Hash64.mix(digits), UInt64(scale))
        case .timestampTZ(let scale): return Hash64.mix((value >> 16) &* Int128(Ticks.perSecond(9 - scale)))
        case .time(let scale), .timestampNTZ(let scale), .timestampLTZ(let scale):
            return Hash64.mix(value &* Int128(Ticks.perSecond(9 - scale)))
        default: return Hash64.mix(value)
        }
    }

    private static func hash(_ value: Double) -> UInt64 {
        if value.rounded() == value, let whole = Int128(exactly: value) { return Hash64.mix(whole) }
        return Hash64.mix(value)
    }
}
