import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// What reads the states of sketches, and places in bitmaps.
    static let sketches: [String: Compile] = [
        "HLL_ESTIMATE": { call in
            try call.node([call.text(0)], .int64, range: ValueRange(0, Int128(Int64.max)), raises: true) {
                VariantCountKernel { arguments, row in try HyperLogLog(state: arguments.text(0, row)).estimate }
            }
        },
        "HLL_EXPORT": { call in
            try build(call, [call.text(0)]) { arguments, row, builder in
                try HyperLogLog(state: arguments.text(0, row)).write(to: builder)
                return true
            }
        },
        "HLL_IMPORT": { call in
            try call.node([call.compiler.typed(call.arguments[0], as: .object)], .string, raises: true) {
                BytesKernel { arguments, row in try HyperLogLog(object: arguments.variant(0, row)).encoded }
            }
        },
        "BITMAP_BIT_POSITION": { call in
            try call.node([call.integer(0)], .int64, range: ValueRange(0, 32_767)) { BitmapPlaceKernel(isBucket: false) }
        },
        "BITMAP_BUCKET_NUMBER": { call in
            try call.node([call.integer(0)], .int64, range: ValueRange.of(.int64)) { BitmapPlaceKernel(isBucket: true) }
        },
        "BITMAP_COUNT": { call in
            try call.node([call.text(0)], .int64, range: ValueRange(0, Int128(Int64.max))) {
                VariantCountKernel { arguments, row in
                    arguments.text(0, row).buffer.reduce(0) { $0 + $1.nonzeroBitCount }
                }
            }
        },
        "APPROX_TOP_K_ESTIMATE": { call in
            try build(call, [call.compiler.typed(call.arguments[0], as: .object), call.integer(1)]) {
                arguments, row, builder in
                var table = FrequencyTable()
                _ = try table.addState(arguments.variant(0, row))
                let limit = arguments.integer(1, row)
                guard limit > 0 else {
                    throw WarehouseError(.invalidValue, "APPROX_TOP_K_ESTIMATE: k must be positive, not \(limit).")
                }
                try FrequencyTable.write(table.top(Int(clamping: limit)), to: builder)
                return true
            }
        },
        "APPROX_PERCENTILE_ESTIMATE": { call in
            let inputs = try [call.compiler.typed(call.arguments[0], as: .object),
                              call.compiler.typed(call.arguments[1], as: .float)]
            return try call.node(inputs, .double, mayBeNull: true, raises: true) { PercentileEstimateKernel() }
        },
    ]

    /// COMPRESS and its inverses, with Snappy.
    static let packing: [String: Compile] = [
        "COMPRESS": { call in
            try call.node([call.text(0)], .string, raises: true) {
                BytesKernel { arguments, row in Snappy.compressed(arguments.text(0, row)) }
            }
        },
        "DECOMPRESS_BINARY": { call in
            try call.node([call.text(0)], .string, raises: true) {
                BytesKernel { arguments, row in try Snappy.decompressed(arguments.text(0, row)) }
            }
        },
        "DECOMPRESS_STRING": { call in
            try call.node([call.text(0)], .string, raises: true) {
                BytesKernel { arguments, row in
                    let bytes = try Snappy.decompressed(arguments.text(0, row))
                    let isText = bytes.withUnsafeBufferPointer { buffer in
                        buffer.baseAddress.map { UTF8Text.isValid($0, count: buffer.count) } ?? true
                    }
                    guard isText else {
                        throw WarehouseError(.invalidUTF8, "Invalid UTF8 detected in a decompressed value.")
                    }
                    return bytes
                }
            }
        },
    ]
}

/// Bytes made of the arguments, a value a row.
final class BytesKernel: ScalarKernel {
    typealias Body = @Sendable (VariantArguments, Int) throws -> [UInt8]
    private let body: Body
    init(_ body: @escaping Body) { self.body = body }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let arguments = VariantArguments(inputs), out = output.strings, arena = output.arena
        var budget = TextBudget(rows: count)
        try output.forEachValid(count) { row in
            let bytes = try body(arguments, row)
            try budget.take(bytes.count)
            out[row] = arena.copy(bytes)
        }
    }
}

/// BITMAP_BUCKET_NUMBER and BITMAP_BIT_POSITION: which bitmap of 32,768 bits a number belongs to, and where in it.
/// Positive numbers begin with bucket 1, position 0; the others end with bucket 0.
final class BitmapPlaceKernel: ScalarKernel {
    private let isBucket: Bool
    init(isBucket: Bool) { self.isBucket = isBucket }

    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let values = Argument<Int64>(inputs[0]), out = output.int64s
        for row in 0..<count {
            let value = values[row]
            if isBucket { out[row] = value > 0 ? (value &- 1) / 32_768 &+ 1 : value / 32_768 }
            else { out[row] = value > 0 ? (value &- 1) % 32_768 : Int64((value.magnitude) % 32_768) }
        }
    }
}

/// APPROX_PERCENTILE_ESTIMATE(state, share).
final class PercentileEstimateKernel: ScalarKernel {
    override func run(_ inputs: [Vector], into output: Vector, count: Int) throws {
        let states = Argument<StringView>(inputs[0]), shares = Argument<Double>(inputs[1]), out = output.doubles
        try output.forEachValid(count) { row in
            guard shares[row] >= 0, shares[row] <= 1 else {
                throw WarehouseError(.invalidValue, "The percentile of APPROX_PERCENTILE_ESTIMATE must be between 0 and 1.")
            }
            let sketch = try PercentileSketch(object: VariantView(states[row]))
            out[row] = 0
            if let value = sketch.value(at: shares[row]) { out[row] = value } else { output.setNull(row) }
        }
    }
}
