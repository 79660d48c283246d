import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Functions of regular expressions.
    static let expressions: [String: Compile] = [
        "REGEXP_LIKE": { call in
            var inputs = try call.mixed(integers: [])
            if inputs.count < 3 { inputs.append(try call.compiler.constant(.bytes(Array("c".utf8)), .text)) }
            return try compiled(call, inputs, parameters: 2, .bool) { RegexKernel(.like) }
        },
        "REGEXP_SUBSTR": { call in
            try compiled(call, call.mixed(integers: [2, 3, 5]), parameters: 4, .string, mayBeNull: true) {
                RegexKernel(.substring)
            }
        },
        "REGEXP_SUBSTR_ALL": { call in
            try compiled(call, call.mixed(integers: [2, 3, 5]), parameters: 4, .string, mayBeNull: true) {
                RegexAllKernel()
            }
        },
        "REGEXP_REPLACE": { call in
            try compiled(call, call.mixed(integers: [3, 4]), parameters: 5, .string) { RegexReplaceKernel() }
        },
        "REGEXP_COUNT": { call in
            try compiled(call, call.mixed(integers: [2]), parameters: 3, .int64) { RegexKernel(.count) }
        },
        "REGEXP_INSTR": { call in
            try compiled(call, call.mixed(integers: [2, 3, 4, 6]), parameters: 5, .int64) { RegexKernel(.position) }
        },
    ]

    /// A constant pattern is compiled now, so that its errors come before any row.
    private static func compiled(_ call: FunctionCall, _ inputs: [CompiledNode], parameters: Int,
                                 _ physical: PhysicalType, mayBeNull: Bool? = nil,
                                 _ kernel: @escaping @Sendable () -> ScalarKernel) throws -> CompiledNode {
        guard inputs.count > parameters else { throw call.unsupported() }
        if inputs.contains(where: \.isNullConstant) { return try call.compiler.null(call.type) }
        if let pattern = inputs[1].constantBytes, let flags = inputs[parameters].constantBytes {
            let arena = ByteArena(blockSize: 256)
            let options = try RegexCache.options(arena.copy(flags))
            _ = try RegularExpression(String(decoding: pattern, as: UTF8.self), options: options)
        }
        let range = physical == .int64 ? ValueRange(0, Int128(TextLimits.maximumBytes)) : nil
        return try call.node(inputs, physical, range: range, mayBeNull: mayBeNull, raises: true, kernel: kernel)
    }
}
