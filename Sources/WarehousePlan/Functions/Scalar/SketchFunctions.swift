import WarehouseBasics

extension ScalarFunctions {
    /// What reads the states that sketching aggregates make, and places in bitmaps.
    static let sketches: [ScalarFunction] = [
        ScalarFunction("HLL_ESTIMATE", [.binary], .integer(18)),
        ScalarFunction("HLL_EXPORT", [.binary], .object), ScalarFunction("HLL_IMPORT", [.object], .binary),
        ScalarFunction("BITMAP_BIT_POSITION", [.integer], .integer(5)),
        ScalarFunction("BITMAP_BUCKET_NUMBER", [.integer], .integer(18)),
        ScalarFunction("BITMAP_COUNT", [.binary], .integer(18)),
        filled("APPROX_TOP_K_ESTIMATE", [.object, .integer], required: 1, defaults: [.integer(1)], .array),
        ScalarFunction("APPROX_PERCENTILE_ESTIMATE", [.object, .float], .float),
    ]

    private static func compression(_ name: String, _ result: ResultType) -> ScalarFunction {
        ScalarFunction(name, arguments: 2...2) { factory, arguments in
            let value = try ParameterType.textOrBinary.coerce(arguments[0], factory, function: name, all: arguments)
            let method = try factory.constantText(arguments[1], of: name).uppercased()
            guard method == "SNAPPY" else {
                let known = ["ZLIB", "ZSTD", "BZ2"].contains { method.hasPrefix($0) }
                throw known ? WarehouseError(.unsupported, "Unsupported feature '\(name) with \(method)'.",
                                             hint: "SNAPPY is supported.")
                    : WarehouseError(.invalidValue, "Invalid value ['\(method)'] for function '\(name)', parameter 2")
            }
            return .call(name, [value], try result.type(arguments))
        }
    }

    /// Bytes made smaller and whole again.
    static let packing: [ScalarFunction] = [
        compression("COMPRESS", .binary), compression("DECOMPRESS_BINARY", .binary),
        compression("DECOMPRESS_STRING", .text),
    ]
}

extension AggregateFunctions {
    private static func topK(_ name: String, counters: Bool) -> AggregateFunction {
        AggregateFunction(name, arguments: counters ? 2...2 : 1...3) { factory, arguments in
            var parts = [try SemiStructured.variant(arguments[0], factory)]
            for argument in arguments.dropFirst() {
                let count = try factory.constantInteger(argument, of: name)
                guard (1...100_000).contains(count) else {
                    throw WarehouseError(.invalidValue, "Arguments of \(name) must be constants from 1 to 100000.")
                }
                parts.append(.constant(.integer(count)))
            }
            return AggregateFunction.Signature(function: name, arguments: parts,
                                               type: counters ? .object : .array(element: nil))
        }
    }

    /// Aggregates whose states can be kept and combined, and bitmaps.
    static let sketches: [AggregateFunction] = [
        AggregateFunction("HLL_ACCUMULATE", [.any], ignoresDistinct: true,
                          .fixed(.binary(length: LogicalType.maximumBinaryLength))),
        AggregateFunction("HLL_COMBINE", [.binary], ignoresDistinct: true, .binary),
        AggregateFunction("BITMAP_CONSTRUCT_AGG", [.integer], ignoresDistinct: true, .binary),
        AggregateFunction("BITMAP_OR_AGG", [.binary], ignoresDistinct: true, .binary),
        topK("APPROX_TOP_K", counters: false), topK("APPROX_TOP_K_ACCUMULATE", counters: true),
        AggregateFunction("APPROX_TOP_K_COMBINE", arguments: 1...2) { factory, arguments in
            let state = try ParameterType.object.coerce(arguments[0], factory, function: "APPROX_TOP_K_COMBINE",
                                                        all: arguments)
            let counters = try arguments.dropFirst().first.map {
                try factory.constantInteger($0, of: "APPROX_TOP_K_COMBINE")
            } ?? 0
            return AggregateFunction.Signature(function: "APPROX_TOP_K_COMBINE",
                                               arguments: [state, .constant(.integer(counters))], type: .object)
        },
        AggregateFunction("APPROX_PERCENTILE_ACCUMULATE", [.float], .object),
        AggregateFunction("APPROX_PERCENTILE_COMBINE", [.object], .object),
        AggregateFunction("MINHASH", arguments: nil, atLeast: 2, ignoresDistinct: true) { factory, arguments in
            let count = try factory.constantInteger(arguments[0], of: "MINHASH")
            guard (1...1024).contains(count) else {
                throw WarehouseError(.invalidValue, "argument 1 of MINHASH must be a constant from 1 to 1024.")
            }
            return AggregateFunction.Signature(function: "MINHASH",
                                               arguments: arguments.dropFirst() + [.constant(.integer(count))],
                                               type: .variant)
        },
        AggregateFunction("MINHASH_COMBINE", [.variant], ignoresDistinct: true, .variant),
        AggregateFunction("APPROXIMATE_SIMILARITY", aliases: ["APPROXIMATE_JACCARD_INDEX"], [.variant], .float),
    ]
}
