import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// PARSE_JSON(text [, 'd' or 's']): of equal keys the last, or an error.
    private static func parse(_ call: FunctionCall, isTry: Bool) throws -> CompiledNode {
        let allowsDuplicates = try call.arguments.count > 1 && call.constantText(1) == "d"
        return try call.node([call.text(0)], .string, mayBeNull: true, raises: !isTry) {
            ParseJSONKernel(isTry: isTry, allowsDuplicateKeys: allowsDuplicates)
        }
    }

    /// JSON, paths, types and conversions of VARIANT.
    static let variants: [String: Compile] = {
        var all: [String: Compile] = [
            "PARSE_JSON": { try parse($0, isTry: false) },
            "TRY_PARSE_JSON": { try parse($0, isTry: true) },
            "CHECK_JSON": { call in
                try call.node([call.text(0)], .string, mayBeNull: true) { ParseJSONKernel(isTry: false, isCheck: true) }
            },
            "TO_JSON": { call in
                let formats = try call.compiler.facts.textFormats()
                return try call.node(variants(call), .string, raises: true) {
                    VariantTextKernel(formats) { arguments, row, printer, text in
                        printer.append(arguments.variant(0, row), style: .compact, to: text)
                        return true
                    }
                }
            },
            "GENERATE_COLUMN_DESCRIPTION": { call in
                try call.node([variant(call, 0), call.text(1)], .string, raises: true) {
                    VariantTextKernel(TextFormats(timeZone: .utc)) { arguments, row, _, text in
                        try ColumnDescription.append(arguments.variant(0, row), kind: arguments.text(1, row).string, to: text)
                        return true
                    }
                }
            },
            "TYPEOF": { call in
                let formats = TextFormats(timeZone: .utc)
                return try call.node(variants(call), .string) {
                    VariantTextKernel(formats) { arguments, row, _, text in
                        text.append(arguments.variant(0, row).typeName)
                        return true
                    }
                }
            },
            "GET": { try get($0) },
            "GET_IGNORE_CASE": { call in
                try call.node([variant(call, 0), call.text(1)], .string, mayBeNull: true) {
                    VariantSliceKernel { arguments, row in
                        findIgnoringCase(arguments.variant(0, row), arguments.text(1, row))?.encoded
                    }
                }
            },
            "GET_PATH": { call in
                try call.node([variant(call, 0), call.text(1)], .string, mayBeNull: true, raises: true) {
                    GetPathKernel()
                }
            },
            "STRIP_NULL_VALUE": { call in
                try call.node(variants(call), .string, mayBeNull: true) {
                    VariantSliceKernel { arguments, row in
                        arguments.variant(0, row).isNull ? nil : arguments.text(0, row)
                    }
                }
            },
            "IS_NULL_VALUE": { try test($0) { $0.isNull } },
            "IS_ARRAY": { try test($0) { $0.kind == .array } },
            "IS_OBJECT": { try test($0) { $0.kind == .object } },
            "IS_BOOLEAN": { try test($0) { $0.kind == .boolean } },
            "IS_INTEGER": { try test($0) { $0.kind == .integer } },
            "IS_DECIMAL": { try test($0) { $0.kind == .integer || $0.kind == .decimal } },
            "IS_DOUBLE": { try test($0) { $0.kind.isNumber } },
            "IS_VARCHAR": { try test($0) { $0.kind == .string } },
            "IS_BINARY": { try test($0) { $0.kind == .binary } },
            "IS_DATE": { try test($0) { $0.kind == .date } },
            "IS_TIME": { try test($0) { $0.kind == .time } },
            "IS_TIMESTAMP_NTZ": { try test($0) { $0.kind == .timestampNTZ } },
            "IS_TIMESTAMP_LTZ": { try test($0) { $0.kind == .timestampLTZ } },
            "IS_TIMESTAMP_TZ": { try test($0) { $0.kind == .timestampTZ } },
            "AS_ARRAY": { try ofKind($0, .array) },
            "AS_OBJECT": { try ofKind($0, .object) },
        ]
        for suffix in ["BOOLEAN", "INTEGER", "DECIMAL", "DOUBLE", "VARCHAR", "BINARY", "DATE", "TIME", "TIMESTAMP_NTZ",
                       "TIMESTAMP_LTZ", "TIMESTAMP_TZ"] {
            all["AS_" + suffix] = { try exact($0, isInteger: suffix == "INTEGER") }
        }
        return all
    }()

    /// An argument as VARIANT.
    static func variant(_ call: FunctionCall, _ index: Int) throws -> CompiledNode {
        try call.compiler.toVariant(call.arguments[index])
    }

    /// All arguments as VARIANT.
    static func variants(_ call: FunctionCall) throws -> [CompiledNode] {
        try call.arguments.indices.map { try variant(call, $0) }
    }

    static func test(_ call: FunctionCall, _ question: @escaping @Sendable (VariantView) -> Bool)
        throws -> CompiledNode {
        try call.node([variant(call, 0)], .bool) {
            VariantTestKernel { arguments, row in question(arguments.variant(0, row)) }
        }
    }

    private static func ofKind(_ call: FunctionCall, _ kind: VariantKind) throws -> CompiledNode {
        try call.node([variant(call, 0)], .string, mayBeNull: true) {
            VariantSliceKernel { arguments, row in
                arguments.variant(0, row).kind == kind ? arguments.text(0, row) : nil
            }
        }
    }

    private static func exact(_ call: FunctionCall, isInteger: Bool) throws -> CompiledNode {
        let context = try call.compiler.readContext(call.type)
        let (physical, range) = ExpressionCompiler.held(call.type)
        return try call.node([variant(call, 0)], physical, range: range, mayBeNull: true) {
            VariantReadKernel(context, physical, isTry: true, isExact: true, refusesDecimals: isInteger)
        }
    }

    private static func get(_ call: FunctionCall) throws -> CompiledNode {
        let value = call.arguments[0]
        if case .array(let element?) = value.type {
            guard !call.type.isSemiStructured, element.isText else {
                let array = try call.compiler.cast(value, to: .array(element: nil), isTry: false)
                let part = try get(call.with([array, call.arguments[1]]).returning(.variant))
                return try call.compiler.cast(part, to: call.type, isTry: false)
            }
            return try call.node([value, call.integer(1)], .string, mayBeNull: true) { ListElementKernel() }
        }
        let root = try variant(call, 0)
        if call.arguments[1].type.isText {
            return try call.node([root, call.text(1)], .string, mayBeNull: true) {
                VariantSliceKernel { arguments, row in
                    arguments.variant(0, row).find(arguments.text(1, row)).flatMap(defined)
                }
            }
        }
        return try call.node([root, call.integer(1)], .string, mayBeNull: true) {
            VariantSliceKernel { arguments, row in
                let array = arguments.variant(0, row), index = arguments.integer(1, row)
                guard array.kind == .array, index >= 0, index < Int64(array.elementCount) else { return nil }
                return defined(array[Int(index)])
            }
        }
    }

    /// The encoded value, nil for one that is undefined.
    static func defined(_ view: VariantView) -> StringView? { view.kind == .undefined ? nil : view.encoded }

    /// The value of the very key, else of the first that differs in case only.
    private static func findIgnoringCase(_ object: VariantView, _ key: StringView) -> VariantView? {
        guard object.kind == .object else { return nil }
        if let found = object.find(key) { return found }
        let wanted = CaseMapping.lower(key.string)
        for index in 0..<object.elementCount where CaseMapping.lower(object.key(index).string) == wanted {
            return object[index]
        }
        return nil
    }
}
