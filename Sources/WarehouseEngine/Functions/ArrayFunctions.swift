import WarehouseBasics
import WarehouseColumns

extension ScalarKernels {
    /// Functions of ARRAY.
    static let arrays: [String: Compile] = [
        "ARRAY_CONSTRUCT": { try build($0, variants($0), strict: []) { arguments, row, builder in
            try builder.beginArray()
            for index in 0..<arguments.count { put(arguments, index, row, builder) }
            try builder.endArray()
            return true
        } },
        "ARRAY_CONSTRUCT_COMPACT": { try build($0, variants($0), strict: []) { arguments, row, builder in
            try builder.beginArray()
            for index in 0..<arguments.count where arguments.isValid(index, row) {
                builder.value(arguments.variant(index, row))
            }
            try builder.endArray()
            return true
        } },
        "ARRAY_SIZE": { call in
            let range = ValueRange(0, Int128(VariantEncoding.maximumBytes))
            if case .array(_?) = call.arguments[0].type {
                return try call.node(call.arguments, .int64, range: range) { ListSizeKernel() }
            }
            return try call.node(variants(call), .int64, range: range, mayBeNull: true) {
                VariantCountKernel { arguments, row in
                    let value = arguments.variant(0, row)
                    return value.kind == .array ? value.elementCount : nil
                }
            }
        },
        "ARRAY_CONTAINS": { call in
            try call.node([variant(call, 0), array(call, 1)], .bool, mayBeNull: true) { ArrayContainsKernel() }
        },
        "ARRAY_POSITION": { call in
            let range = ValueRange(0, Int128(VariantEncoding.maximumBytes))
            return try call.node([variant(call, 0), array(call, 1)], .int64, range: range, mayBeNull: true) {
                VariantCountKernel { arguments, row in try position(arguments.variant(0, row), arguments.variant(1, row)) }
            }
        },
        "ARRAYS_OVERLAP": { call in
            try call.node([array(call, 0), array(call, 1)], .bool) {
                VariantTestKernel { arguments, row in
                    let other = arguments.variant(1, row)
                    // Short arrays are looked through sooner than hashed.
                    let known = try other.elementCount > 16 ? VariantBag(elements(other)) : nil
                    return try !kept(arguments.variant(0, row), upTo: 1) {
                        try known?.contains($0) ?? (position($0, other) != nil)
                    }.isEmpty
                }
            }
        },
        "ARRAY_APPEND": { call in
            try build(call, [array(call, 0), variant(call, 1)], strict: [0]) { arguments, row, builder in
                try collect(builder, elements(arguments.variant(0, row))) { put(arguments, 1, row, builder) }
            }
        },
        "ARRAY_PREPEND": { call in
            try build(call, [array(call, 0), variant(call, 1)], strict: [0]) { arguments, row, builder in
                try builder.beginArray()
                put(arguments, 1, row, builder)
                try append(elements(arguments.variant(0, row)), to: builder)
                try builder.endArray()
                return true
            }
        },
        "ARRAY_INSERT": { call in
            let inputs = try [array(call, 0), call.integer(1), variant(call, 2)]
            return try build(call, inputs, strict: [0, 1], insert)
        },
        "ARRAY_CAT": { call in
            try build(call, [array(call, 0), array(call, 1)]) { arguments, row, builder in
                try collect(builder, elements(arguments.variant(0, row)) + elements(arguments.variant(1, row))) {}
            }
        },
        "ARRAY_SLICE": { call in
            try build(call, [array(call, 0), call.integer(1), call.integer(2)]) { arguments, row, builder in
                let all = elements(arguments.variant(0, row))
                func place(_ index: Int64) -> Int {
                    Int(min(max(index < 0 ? index + Int64(all.count) : index, 0), Int64(all.count)))
                }
                let start = place(arguments.integer(1, row)), end = place(arguments.integer(2, row))
                return try collect(builder, Array(all[start..<max(start, end)])) {}
            }
        },
        "ARRAY_COMPACT": { call in
            try build(call, [array(call, 0)]) { arguments, row, builder in
                try collect(builder, elements(arguments.variant(0, row)).filter { !isMissing($0) }) {}
            }
        },
        "ARRAY_REVERSE": { call in
            try build(call, [array(call, 0)]) { arguments, row, builder in
                try collect(builder, elements(arguments.variant(0, row)).reversed()) {}
            }
        },
        "ARRAY_REMOVE": { call in
            try build(call, [array(call, 0), variant(call, 1)]) { arguments, row, builder in
                let gone = arguments.variant(1, row)
                let kept = try kept(arguments.variant(0, row)) { VariantView.compare($0, gone) != 0 }
                return try collect(builder, kept) {}
            }
        },
        "ARRAY_REMOVE_AT": { call in
            try build(call, [array(call, 0), call.integer(1)]) { arguments, row, builder in
                var all = elements(arguments.variant(0, row))
                let asked = arguments.integer(1, row), place = asked < 0 ? asked + Int64(all.count) : asked
                if place >= 0, place < Int64(all.count) { all.remove(at: Int(place)) }
                return try collect(builder, all) {}
            }
        },
        "ARRAYS_ZIP": { call in
            try build(call, call.arguments.indices.map { try array(call, $0) }, zip)
        },
        "ARRAY_DISTINCT": { call in
            try build(call, [array(call, 0)]) { arguments, row, builder in
                let array = arguments.variant(0, row)
                var seen = VariantBag(capacity: array.elementCount)
                return try collect(builder, kept(array) { seen.add($0) }) {}
            }
        },
        "ARRAY_INTERSECTION": { call in
            try build(call, [array(call, 0), array(call, 1)]) { arguments, row, builder in
                var other = try VariantBag(elements(arguments.variant(1, row)))
                return try collect(builder, kept(arguments.variant(0, row)) { other.remove($0) }) {}
            }
        },
        "ARRAY_EXCEPT": { call in
            try build(call, [array(call, 0), array(call, 1)]) { arguments, row, builder in
                var other = try VariantBag(elements(arguments.variant(1, row)))
                return try collect(builder, kept(arguments.variant(0, row)) { !other.remove($0) }) {}
            }
        },
        "ARRAY_FLATTEN": { call in try build(call, [array(call, 0)], raises: true, flatten) },
        "ARRAY_SORT": { call in
            let flags = try call.arguments.dropFirst().map { try call.compiler.typed($0, as: .boolean) }
            return try build(call, [array(call, 0)] + flags, sort)
        },
        "ARRAY_MIN": { try extreme($0) { VariantView.compare($0, $1) < 0 } },
        "ARRAY_MAX": { try extreme($0) { VariantView.compare($0, $1) > 0 } },
        "ARRAY_GENERATE_RANGE": { call in
            try build(call, [call.integer(0), call.integer(1), call.integer(2)], raises: true, generate)
        },
        "ARRAY_TO_STRING": { try join($0) },
    ]

    // MARK: Parts

    typealias Build = VariantBuildKernel.Body

    static func build(_ call: FunctionCall, _ inputs: [CompiledNode], strict: [Int]? = nil, raises: Bool = true,
                      _ body: @escaping Build) throws -> CompiledNode {
        try call.node(inputs, .string, mayBeNull: true, raises: raises) {
            VariantBuildKernel(strictArguments: strict, body)
        }
    }

    /// An argument as ARRAY in its encoding.
    static func array(_ call: FunctionCall, _ index: Int) throws -> CompiledNode {
        let node = call.arguments[index]
        if node.type == .null { return try call.compiler.null(.array(element: nil)) }
        return try call.compiler.cast(node, to: .array(element: nil), isTry: false)
    }

    /// Elements of an array.
    static func elements(_ array: VariantView) -> [VariantView] {
        let count = array.elementCount
        return (0..<count).map { array[$0] }
    }

    /// Whether an element is JSON null or undefined.
    private static func isMissing(_ view: VariantView) -> Bool { view.kind == .null || view.kind == .undefined }

    /// An argument as an element: NULL becomes undefined.
    static func put(_ arguments: VariantArguments, _ index: Int, _ row: Int, _ builder: VariantBuilder) {
        if arguments.isValid(index, row) { builder.value(arguments.variant(index, row)) } else { builder.undefined() }
    }

    /// An array of elements, and what `more` appends.
    static func collect(_ builder: VariantBuilder, _ elements: [VariantView], _ more: () -> Void) throws -> Bool {
        try builder.beginArray()
        try append(elements, to: builder)
        more()
        try builder.endArray()
        return true
    }

    private static func append(_ elements: some Sequence<VariantView>, to builder: VariantBuilder) throws {
        var meter = LoopMeter()
        for element in elements {
            try meter.pass(bytes: element.count)
            builder.value(element)
        }
    }

    static func position(_ value: VariantView, _ array: VariantView) throws -> Int? {
        let count = array.elementCount
        var meter = LoopMeter()
        for index in 0..<count {
            try meter.step()
            if VariantView.compare(array[index], value) == 0 { return index }
        }
        // Where each of many values is sought, searches are the steps.
        if count > 64 { try Interruption.check() }
        return nil
    }

    /// Elements that pass a test, the first `limit` of them.
    private static func kept(_ array: VariantView, upTo limit: Int = .max, _ test: (VariantView) throws -> Bool) throws
        -> [VariantView] {
        var meter = LoopMeter(), found: [VariantView] = []
        for index in 0..<array.elementCount {
            if found.count >= limit { break }
            try meter.step()
            let element = array[index]
            if try test(element) { found.append(element) }
        }
        return found
    }

    private static let insert: Build = { arguments, row, builder in
        let all = elements(arguments.variant(0, row)), asked = arguments.integer(1, row)
        let place = asked < 0 ? max(0, asked + Int64(all.count)) : asked
        guard place <= Int64(VariantEncoding.maximumBytes) else {
            throw WarehouseError(.limitExceeded, "ARRAY_INSERT: position \(asked) is too far behind the array's end.")
        }
        try builder.beginArray()
        try append(all.prefix(Int(place)), to: builder)
        for _ in all.count..<max(all.count, Int(place)) { builder.undefined() }
        put(arguments, 2, row, builder)
        try append(all.dropFirst(Int(place)), to: builder)
        try builder.endArray()
        return true
    }

    /// Objects `{"$1": …, "$2": …}`, as many as the longest array has elements; JSON null where one is shorter. One
    /// object without keys where all are empty.
    private static let zip: Build = { arguments, row, builder in
        let lists = (0..<arguments.count).map { elements(arguments.variant($0, row)) }
        try builder.beginArray()
        if lists.allSatisfy(\.isEmpty) {
            try builder.beginObject()
            try builder.endObject()
        }
        var meter = LoopMeter()
        for place in 0..<(lists.map(\.count).max() ?? 0) {
            try meter.step()
            try builder.beginObject()
            for (index, list) in lists.enumerated() {
                builder.key("$\(index + 1)")
                if place < list.count, list[place].kind != .undefined { builder.value(list[place]) }
                else { builder.null() }
            }
            try builder.endObject()
        }
        try builder.endArray()
        return true
    }

    private static let flatten: Build = { arguments, row, builder in
        var isNull = false, meter = LoopMeter()
        try builder.beginArray()
        for inner in elements(arguments.variant(0, row)) {
            try meter.step()
            if isMissing(inner) {
                isNull = true
                break
            }
            guard inner.kind == .array else {
                throw WarehouseError(.notAnArray,
                                     "Not an array: 'Input argument to ARRAY_FLATTEN is not an array of arrays'")
            }
            try append(elements(inner), to: builder)
        }
        try builder.endArray()
        return !isNull
    }

    private static let sort: Build = { arguments, row, builder in
        let isAscending = arguments.boolean(1, row), nullsFirst = arguments.boolean(2, row)
        let all = elements(arguments.variant(0, row))
        let missing = all.filter { $0.kind == .undefined }
        var meter = LoopMeter()
        let sorted = try all.filter { $0.kind != .undefined }.enumerated().sorted { a, b in
            try meter.step()
            let order = VariantView.compare(a.element, b.element)
            return order != 0 ? (isAscending ? order < 0 : order > 0) : a.offset < b.offset
        }.map(\.element)
        return try collect(builder, nullsFirst ? missing + sorted : sorted + missing) {}
    }

    private static func extreme(
        _ call: FunctionCall, _ precedes: @escaping @Sendable (VariantView, VariantView) -> Bool
    ) throws -> CompiledNode {
        try call.node([array(call, 0)], .string, mayBeNull: true) {
            VariantSliceKernel { arguments, row in
                var best: VariantView?, meter = LoopMeter()
                for element in elements(arguments.variant(0, row)) where element.kind != .undefined {
                    try meter.step()
                    if let known = best, !precedes(element, known) { continue }
                    best = element
                }
                return best?.encoded
            }
        }
    }

    private static let generate: Build = { arguments, row, builder in
        let start = arguments.integer(0, row), stop = arguments.integer(1, row), step = arguments.integer(2, row)
        guard step != 0 else { throw WarehouseError(.invalidValue, "ARRAY_GENERATE_RANGE: the step must not be 0.") }
        let span = Int128(stop) - Int128(start), wanted = span / Int128(step)
        // A number takes two bytes at least.
        guard wanted <= Int128(VariantEncoding.maximumBytes / 2) else {
            throw WarehouseError(.limitExceeded, "ARRAY_GENERATE_RANGE: an array of \(wanted) numbers is larger than "
                + "\(VariantEncoding.maximumBytes) bytes.")
        }
        try builder.beginArray()
        var value = start, meter = LoopMeter()
        while step > 0 ? value < stop : value > stop {
            builder.integer(Int128(value))
            try meter.step()
            let (next, overflow) = value.addingReportingOverflow(step)
            if overflow { break }
            value = next
        }
        try builder.endArray()
        return true
    }

    private static func join(_ call: FunctionCall) throws -> CompiledNode {
        if case .array(let element?) = call.arguments[0].type, element.isText {
            return try call.node([call.arguments[0], call.text(1)], .string, raises: true) { ListJoinKernel() }
        }
        let formats = try call.compiler.facts.textFormats()
        return try call.node([array(call, 0), call.text(1)], .string, raises: true) {
            VariantTextKernel(formats) { arguments, row, printer, text in
                var meter = LoopMeter()
                for (index, element) in elements(arguments.variant(0, row)).enumerated() {
                    try meter.pass(bytes: element.count)
                    if index > 0 { text.append(arguments.text(1, row)) }
                    if element.kind == .double {
                        text.advance(FloatText.sql(element.double, to: text.reserve(FloatText.maximumLength)))
                    } else if !isMissing(element) {
                        printer.append(element, style: .cast, to: text)
                    }
                }
                return true
            }
        }
    }
}
