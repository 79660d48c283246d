import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Functions of OBJECT.
    static let objects: [String: Compile] = [
        "OBJECT_CONSTRUCT": { try build($0, pairs($0), strict: []) { try construct($0, $1, $2, keepsNulls: false) } },
        "OBJECT_CONSTRUCT_KEEP_NULL": { call in
            try build(call, pairs(call), strict: []) { try construct($0, $1, $2, keepsNulls: true) }
        },
        "ARRAYS_TO_OBJECT": { try build($0, [array($0, 0), array($0, 1)], fromArrays) },
        "OBJECT_KEYS": { call in
            try build(call, [object(call)]) { arguments, row, builder in
                let value = arguments.variant(0, row)
                try builder.beginArray()
                var meter = LoopMeter()
                for index in 0..<value.elementCount {
                    try meter.step()
                    builder.string(value.key(index))
                }
                try builder.endArray()
                return true
            }
        },
        "OBJECT_INSERT": { call in
            let flag = call.arguments.count > 3 ? try call.compiler.typed(call.arguments[3], as: .boolean)
                : try call.compiler.constant(.boolean(false), .boolean)
            let inputs = try [object(call), call.text(1), variant(call, 2), flag]
            return try build(call, inputs, strict: [0, 1, 3], insertPair)
        },
        "OBJECT_DELETE": { call in
            try build(call, [object(call)] + keys(call)) { try keep($0, $1, $2, named: false) }
        },
        "OBJECT_PICK": { call in
            if case .array = call.arguments[1].type {
                return try build(call, [object(call), array(call, 1)]) { arguments, row, builder in
                    let names = elements(arguments.variant(1, row)).filter { $0.kind == .string }.map(\.string)
                    return try keep(arguments.variant(0, row), names, builder, named: true)
                }
            }
            return try build(call, [object(call)] + keys(call)) { try keep($0, $1, $2, named: true) }
        },
    ]

    private static func object(_ call: FunctionCall) throws -> CompiledNode {
        let node = call.arguments[0]
        if node.type == .null { return try call.compiler.null(.object) }
        return try call.compiler.cast(node, to: .object, isTry: false)
    }

    private static func keys(_ call: FunctionCall) throws -> [CompiledNode] {
        try (1..<call.arguments.count).map { try call.text($0) }
    }

    /// Keys as texts, values as VARIANT, alternating.
    private static func pairs(_ call: FunctionCall) throws -> [CompiledNode] {
        try call.arguments.indices.map { $0 % 2 == 0 ? try call.text($0) : try variant(call, $0) }
    }

    private static func construct(
        _ arguments: VariantArguments, _ row: Int, _ builder: VariantBuilder, keepsNulls: Bool
    ) throws -> Bool {
        try builder.beginObject()
        for index in stride(from: 0, to: arguments.count - 1, by: 2) where arguments.isValid(index, row) {
            let isPresent = arguments.isValid(index + 1, row)
            guard isPresent || keepsNulls else { continue }
            builder.key(arguments.text(index, row))
            if isPresent { builder.value(arguments.variant(index + 1, row)) } else { builder.null() }
        }
        try builder.endObject()
        return true
    }

    private static let fromArrays: Build = { arguments, row, builder in
        let keys = elements(arguments.variant(0, row)), values = elements(arguments.variant(1, row))
        guard keys.count == values.count else {
            throw WarehouseError(.unequalArrays, "Key array and value array had unequal lengths in ARRAYS_TO_OBJECT")
        }
        var meter = LoopMeter()
        try builder.beginObject()
        for (key, value) in Swift.zip(keys, values) where key.kind != .undefined && key.kind != .null {
            try meter.step()
            guard key.kind == .string else {
                throw WarehouseError(.keyIsNoText, "Key supplied for ARRAYS_TO_OBJECT does not have string type")
            }
            builder.key(key.string)
            if value.kind == .undefined { builder.null() } else { builder.value(value) }
        }
        try builder.endObject()
        return true
    }

    private static let insertPair: Build = { arguments, row, builder in
        let object = arguments.variant(0, row), key = arguments.text(1, row), updates = arguments.boolean(3, row)
        if object.find(key) != nil, !updates {
            throw WarehouseError(.invalidValue, "Duplicate field key '\(TextParseKernel.shown(key))'")
        }
        var meter = LoopMeter()
        try builder.beginObject()
        for index in 0..<object.elementCount where StringView.compare(object.key(index), key) != 0 {
            try meter.step()
            builder.key(object.key(index))
            builder.value(object[index])
        }
        if arguments.isValid(2, row) {
            builder.key(key)
            builder.value(arguments.variant(2, row))
        }
        try builder.endObject()
        return true
    }

    /// The pairs whose key is (not) one of the arguments behind the object.
    private static func keep(_ arguments: VariantArguments, _ row: Int, _ builder: VariantBuilder, named: Bool)
        throws -> Bool {
        try keep(arguments.variant(0, row), (1..<arguments.count).map { arguments.text($0, row) }, builder, named: named)
    }

    private static func keep(_ object: VariantView, _ names: [StringView], _ builder: VariantBuilder, named: Bool)
        throws -> Bool {
        // Sorted, since of a million keys a million may be named.
        let names = names.sorted { $0 < $1 }
        var meter = LoopMeter()
        try builder.beginObject()
        for index in 0..<object.elementCount {
            try meter.step()
            let key = object.key(index)
            guard holds(names, key) == named else { continue }
            builder.key(key)
            builder.value(object[index])
        }
        try builder.endObject()
        return true
    }

    /// Whether `key` is among `names`, which are in order.
    private static func holds(_ names: [StringView], _ key: StringView) -> Bool {
        var low = 0, high = names.count
        while low < high {
            let middle = (low + high) / 2
            if names[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low < names.count && StringView.compare(names[low], key) == 0
    }
}
