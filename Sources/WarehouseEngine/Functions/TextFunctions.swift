import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Functions of VARCHAR and BINARY. A character is a Unicode scalar; a BINARY's is a byte.
    static let texts: [String: Compile] = [
        "LOWER": { try map($0, .lower) },
        "UPPER": { try map($0, .upper) },
        "INITCAP": { call in
            if call.arguments.count == 1 { return try map(call, .initialCapitals) }
            return try call.node(call.mixed(integers: []), .string) { InitialCapitalsKernel() }
        },
        "REVERSE": { try map($0, $0.isBinary(0) ? .reverseBytes : .reverse) },
        "SOUNDEX": { try map($0, .soundex) },
        "SOUNDEX_P123": { try map($0, .soundexP123) },
        "TRIM": { try trim($0, .trim, left: true, right: true) },
        "LTRIM": { try trim($0, .trimLeft, left: true, right: false) },
        "RTRIM": { try trim($0, .trimRight, left: false, right: true) },
        "LENGTH": { call in
            call.isBinary(0) ? try measure(call, .bytes, LogicalType.maximumTextLength * 4)
                : try measure(call, .scalars, LogicalType.maximumTextLength * 4)
        },
        "OCTET_LENGTH": { try measure($0, .bytes, LogicalType.maximumTextLength * 4) },
        "BIT_LENGTH": { try measure($0, .bits, LogicalType.maximumTextLength * 32) },
        "ASCII": { try measure($0, .firstScalar, 0x10FFFF) },
        "UNICODE": { try measure($0, .firstScalar, 0x10FFFF) },
        "SUBSTR": { call in
            let isBinary = call.isBinary(0)
            return try call.node(call.mixed(integers: [1, 2]), .string) { SubstringKernel(isBinary: isBinary) }
        },
        "LEFT": { try end($0, isRight: false) },
        "RIGHT": { try end($0, isRight: true) },
        "SPLIT_PART": { try $0.node($0.mixed(integers: [2]), .string) { SplitPartKernel() } },
        "SPLIT": { try $0.node($0.mixed(integers: []), .list) { SplitKernel() } },
        "CONTAINS": { try match($0, .anywhere) },
        "STARTSWITH": { try match($0, .start) },
        "ENDSWITH": { try match($0, .end) },
        "POSITION": { call in
            let isBinary = call.isBinary(1)
            return try call.node(call.mixed(integers: [2]), .int64,
                                 range: ValueRange(0, Int128(LogicalType.maximumTextLength * 4))) {
                PositionKernel(isBinary: isBinary)
            }
        },
        "LIKE": { try like($0, isCaseInsensitive: false) },
        "ILIKE": { try like($0, isCaseInsensitive: true) },
        "CONCAT": { try $0.node($0.mixed(integers: []), .string, raises: true) { ConcatKernel(hasSeparator: false) } },
        "CONCAT_WS": { call in
            try call.node(call.mixed(integers: []), .string, raises: true) { ConcatKernel(hasSeparator: true) }
        },
        "REPLACE": { try $0.node($0.mixed(integers: []), .string, raises: true) { ReplaceKernel() } },
        "REPEAT": { try $0.node($0.mixed(integers: [1]), .string, raises: true) { RepeatKernel() } },
        "SPACE": { call in
            let space = try call.compiler.constant(.bytes([32]), .varchar(length: 1))
            return try call.node([space, try call.integer(0)], .string, raises: true) { RepeatKernel() }
        },
        "LPAD": { try pad($0, isRight: false) },
        "RPAD": { try pad($0, isRight: true) },
        "TRANSLATE": { try $0.node($0.mixed(integers: []), .string) { TranslateKernel() } },
        "CHR": { try $0.node([$0.integer(0)], .string, raises: true) { CharacterKernel() } },
        "INSERT": { call in
            let isBinary = call.isBinary(0)
            return try call.node(call.mixed(integers: [1, 2]), .string, raises: true) { InsertKernel(isBinary: isBinary) }
        },
        "EDITDISTANCE": { call in
            try call.node(call.mixed(integers: [2]), .int64,
                          range: ValueRange(0, Int128(LogicalType.maximumTextLength)), raises: true) {
                EditDistanceKernel()
            }
        },
        "JAROWINKLER_SIMILARITY": { call in
            try call.node(call.mixed(integers: []), .int64, range: ValueRange(0, 100)) { JaroWinklerKernel() }
        },
    ]

    private static func map(_ call: FunctionCall, _ function: TextMapKernel.Function) throws -> CompiledNode {
        try call.node([try call.text(0)], .string) { TextMapKernel(function) }
    }

    private static func measure(_ call: FunctionCall, _ function: TextMeasureKernel.Function, _ limit: Int)
        throws -> CompiledNode {
        try call.node([try call.text(0)], .int64, range: ValueRange(0, Int128(limit))) { TextMeasureKernel(function) }
    }

    private static func trim(_ call: FunctionCall, _ plain: TextMapKernel.Function, left: Bool, right: Bool)
        throws -> CompiledNode {
        if call.arguments.count == 1 { return try map(call, plain) }
        return try call.node(call.mixed(integers: []), .string) { TrimSetKernel(left: left, right: right) }
    }

    private static func end(_ call: FunctionCall, isRight: Bool) throws -> CompiledNode {
        let isBinary = call.isBinary(0)
        return try call.node(call.mixed(integers: [1]), .string) { TextEndKernel(isBinary: isBinary, isRight: isRight) }
    }

    private static func pad(_ call: FunctionCall, isRight: Bool) throws -> CompiledNode {
        let isBinary = call.isBinary(0)
        return try call.node(call.mixed(integers: [1]), .string, raises: true) {
            PadKernel(isBinary: isBinary, isRight: isRight)
        }
    }

    private static func match(_ call: FunctionCall, _ place: TextMatchKernel.Place) throws -> CompiledNode {
        try call.node(call.mixed(integers: []), .bool) { TextMatchKernel(place) }
    }

    private static func like(_ call: FunctionCall, isCaseInsensitive: Bool) throws -> CompiledNode {
        let inputs = try call.mixed(integers: [])
        if inputs.contains(where: \.isNullConstant) { return try call.compiler.null(.boolean) }
        let escape = inputs.count > 2 ? try call.constantText(2) : nil
        guard let bytes = inputs[1].constantBytes else {
            return try call.node(Array(inputs.prefix(2)), .bool, raises: true) {
                VariableLikeKernel(escape: escape, isCaseInsensitive: isCaseInsensitive)
            }
        }
        let pattern = try LikePattern(String(decoding: bytes, as: UTF8.self), escape: escape,
                                      caseInsensitive: isCaseInsensitive)
        return try call.node([inputs[0]], .bool) { LikeKernel(pattern) }
    }
}
