/// What templates of a project may ask for.
struct JinjaContext {
    /// The key of a model, seed or snapshot of that name.
    var relation: (_ name: String) -> String?
    /// The key of a table of a source.
    var source: (_ source: String, _ table: String) -> String?
    var variables: [String: JinjaValue] = [:]
    /// By their names, those of packages with the package's before it: `audit_helper.compare_all`.
    var macros: [String: JinjaMacro] = [:]
    var target: [JinjaMember] = []
    /// The key of a model of that name in a version, nil for the latest; nil where the model has none.
    var version: (_ name: String, _ version: String?) -> String? = { _, _ in nil }
    /// The names of a relation's columns, as far as the project tells them.
    var columns: (_ key: String) -> [String]? = { _ in nil }
    /// The values of a relation's column, the most frequent first, as far as the project tells them.
    var values: (_ key: String, _ column: String) -> [String]? = { _, _ in nil }
    /// Database, schema and identifier of a relation.
    var parts: (_ key: String) -> [JinjaMember]? = { _ in nil }
    /// The same of what is being worked out.
    var this: [JinjaMember] = []
}

/// Works out a template as dbt would, as far as that needs no warehouse. What it cannot, stays as it stands.
final class JinjaEvaluator {
    let context: JinjaContext
    /// What `config(…)` said, in order.
    private(set) var configuration: [(name: String, value: JinjaValue)] = []
    /// What could not be worked out, by line.
    private(set) var faults: [JinjaError] = []
    /// Variables and environment that were replaced by their values.
    private(set) var replaced: [(text: String, line: Int)] = []
    private(set) var snapshots: [(name: String, pieces: [SQLPiece], configuration: [(name: String, value: JinjaValue)])] = []
    /// Variables: those of the text or macro, then of each loop around.
    private var frames: [[String: JinjaValue]] = [[:]]
    /// What `return(…)` gave, until its macro is left.
    private var returned: JinjaValue?
    private var lineInMacro = 1
    /// Variables whose values could not be worked out: what reads them is no further fault.
    private var unknown: Set<String> = []
    private var callDepth = 0
    /// The package whose macro is being worked out.
    private var package: String?
    private var steps = 0
    var line = 1

    static let maximumSteps = 200_000
    static let maximumBytes = 8 << 20

    init(_ context: JinjaContext) { self.context = context }

    /// The pieces that a file's text gives.
    func evaluate(_ text: String) -> [SQLPiece] {
        do {
            return try pieces(JinjaTemplate.parse(text), isMacro: false)
        } catch {
            faults.append(error)
            return [.text(text)]
        }
    }

    func fail(_ text: String) -> JinjaError { JinjaError(text: text, line: line) }

    private func lookUp(_ name: String) -> JinjaValue? {
        for frame in frames.reversed() { if let value = frame[name] { return value } }
        return nil
    }
    private func define(_ name: String, _ value: JinjaValue) { frames[frames.count - 1][name] = value }

    /// Another value for a variable where it is: lists and namespaces change for the loops around too.
    private func change(_ name: String, _ value: JinjaValue) {
        let place = frames.lastIndex { $0[name] != nil } ?? frames.count - 1
        frames[place][name] = value
    }

    private func assign(_ names: [String], _ value: JinjaValue) throws(JinjaError) {
        guard names.count == 1 else {
            guard case .list(let parts) = value, parts.count == names.count else {
                throw fail("a set of \(names.count) names to what has not as many parts")
            }
            for (name, part) in zip(names, parts) { try assign([name], part) }
            return
        }
        let path = names[0].split(separator: ".").map(String.init)
        guard path.count == 2 else { return define(names[0], value) }
        guard case .dict(let members)? = lookUp(path[0]) else { throw fail("'\(path[0])' is no namespace") }
        change(path[0], .dict(members.filter { $0.key != path[1] } + [JinjaMember(key: path[1], value: value)]))
    }

    func replace(_ text: String) { replaced.append((text, line)) }

    private func pieces(_ nodes: [JinjaNode], isMacro: Bool) throws(JinjaError) -> [SQLPiece] {
        var result: [SQLPiece] = []
        for node in nodes {
            steps += 1
            guard steps <= JinjaEvaluator.maximumSteps else { throw fail("the template takes too many steps") }
            do {
                result.add(try pieces(node, isMacro: isMacro))
                if returned != nil { break }
            } catch {
                guard !isMacro, let source = JinjaEvaluator.source(of: node) else { throw error }
                if case .set(let names, _, _, _) = node { unknown.formUnion(names) }
                if !error.text.isEmpty { faults.append(error) }
                result.add(source)
            }
        }
        guard result.count < 100_000, result.byteCount <= JinjaEvaluator.maximumBytes else {
            throw fail("the template makes too much text")
        }
        return result
    }

    private static func source(of node: JinjaNode) -> String? {
        switch node {
        case .output(_, let source, _), .conditional(_, let source, _), .loop(_, _, _, _, let source, _),
             .set(_, _, let source, _), .perform(_, let source, _), .unresolved(_, let source): source
        case .text, .setBlock, .macro, .genericTest, .snapshot: nil
        }
    }

    private func pieces(_ node: JinjaNode, isMacro: Bool) throws(JinjaError) -> [SQLPiece] {
        switch node {
        case .text(let text): return [.text(text)]
        case .output(let expression, _, let line):
            stand(at: line, isMacro)
            return try value(expression).pieces
        case .set(let names, let expression, _, let line):
            stand(at: line, isMacro)
            try assign(names, try value(expression))
            return []
        case .setBlock(let name, let body):
            define(name, .pieces(try pieces(body, isMacro: isMacro)))
            return []
        case .perform(let expression, _, let line):
            stand(at: line, isMacro)
            _ = try value(expression)
            return []
        case .conditional(let branches, _, let line):
            stand(at: line, isMacro)
            return try conditional(branches, isMacro: isMacro)
        case .loop(let names, let list, let body, let otherwise, _, let line):
            stand(at: line, isMacro)
            return try loop(names, list, body, otherwise, isMacro: isMacro)
        case .macro(let macro), .genericTest(let macro):
            throw fail("a macro, \(macro.name), that stands in a model")
        case .snapshot(let name, let body, let line):
            self.line = line
            let outer = configuration
            configuration = []
            let inner = try pieces(body, isMacro: isMacro)
            snapshots.append((name, inner, configuration))
            configuration = outer
            return []
        case .unresolved(let error, _):
            throw error
        }
    }

    /// Faults in a macro are of the line that calls it, and say where in the macro they are.
    private func stand(at line: Int, _ isMacro: Bool) {
        if isMacro { lineInMacro = line } else { self.line = line }
    }

    private func conditional(
        _ branches: [(condition: JinjaExpression?, body: [JinjaNode])], isMacro: Bool
    ) throws(JinjaError) -> [SQLPiece] {
        for (index, branch) in branches.enumerated() {
            guard let condition = branch.condition else { return try pieces(branch.body, isMacro: isMacro) }
            guard let (rest, isNegated) = JinjaEvaluator.incremental(condition) else {
                if try value(condition).isTrue { return try pieces(branch.body, isMacro: isMacro) }
                continue
            }
            if let rest, try !value(rest).isTrue {
                if isNegated { throw fail("not is_incremental() within a condition") }
                continue
            }
            let others = Array(branches[(index + 1)...])
            guard !JinjaEvaluator.sets(branch.body), !others.contains(where: { JinjaEvaluator.sets($0.body) }) else {
                throw fail("a variable that is set only when is_incremental()")
            }
            let first = try pieces(branch.body, isMacro: isMacro)
            let second = try conditional(others, isMacro: isMacro)
            return [isNegated ? .whenIncremental(second, otherwise: first) : .whenIncremental(first, otherwise: second)]
        }
        return []
    }

    /// The rest of a condition that is `is_incremental()`, or that and something else; nil when it is neither.
    private static func incremental(_ condition: JinjaExpression) -> (rest: JinjaExpression?, isNegated: Bool)? {
        if condition.isIncremental { return (nil, false) }
        switch condition {
        case .unary("not", let inner) where inner.isIncremental: return (nil, true)
        case .binary("and", let left, let right) where left.isIncremental: return (right, false)
        case .binary("and", let left, let right) where right.isIncremental: return (left, false)
        default: return nil
        }
    }

    private static func sets(_ nodes: [JinjaNode]) -> Bool {
        nodes.contains { node in
            switch node {
            case .set, .setBlock, .perform: true
            case .conditional(let branches, _, _): branches.contains { sets($0.body) }
            case .loop(_, _, let body, _, _, _): sets(body)
            default: false
            }
        }
    }

    private func loop(
        _ names: [String], _ list: JinjaExpression, _ body: [JinjaNode], _ otherwise: [JinjaNode], isMacro: Bool
    ) throws(JinjaError) -> [SQLPiece] {
        // `for x in list if condition` reads as a conditional without an else.
        var condition: JinjaExpression?, list = list
        if case .conditional(let wanted, let all, nil) = list { (condition, list) = (wanted, all) }
        var elements: [JinjaValue]
        switch try value(list).plain {
        case .list(let values): elements = values
        case .dict(let members): elements = members.map { .string($0.key) }
        case .string(let text): elements = text.map { .string(String($0)) }
        default: throw fail("a for over what is no list")
        }
        frames.append([:])
        defer { frames.removeLast() }
        func enter(_ element: JinjaValue) throws(JinjaError) {
            frames[frames.count - 1] = [:]
            if names.count == 1 { return define(names[0], element) }
            guard case .list(let parts) = element, parts.count == names.count else {
                throw fail("a for whose elements have not \(names.count) parts")
            }
            for (name, part) in zip(names, parts) { define(name, part) }
        }
        if let condition {
            var kept: [JinjaValue] = []
            for element in elements {
                try enter(element)
                if try value(condition).isTrue { kept.append(element) }
            }
            elements = kept
        }
        if elements.isEmpty { return try pieces(otherwise, isMacro: isMacro) }
        var result: [SQLPiece] = []
        for (index, element) in elements.enumerated() {
            try enter(element)
            var members = [
                JinjaMember(key: "index", value: .int(index + 1)), JinjaMember(key: "index0", value: .int(index)),
                JinjaMember(key: "revindex", value: .int(elements.count - index)),
                JinjaMember(key: "revindex0", value: .int(elements.count - index - 1)),
                JinjaMember(key: "first", value: .bool(index == 0)),
                JinjaMember(key: "last", value: .bool(index == elements.count - 1)),
                JinjaMember(key: "length", value: .int(elements.count)),
            ]
            if index > 0 { members.append(JinjaMember(key: "previtem", value: elements[index - 1])) }
            if index + 1 < elements.count { members.append(JinjaMember(key: "nextitem", value: elements[index + 1])) }
            define("loop", .dict(members))
            result.add(try pieces(body, isMacro: isMacro))
            if returned != nil { break }
            guard result.byteCount <= JinjaEvaluator.maximumBytes else { throw fail("a for makes too much text") }
        }
        return result
    }

    // MARK: Expressions

    func value(_ expression: JinjaExpression) throws(JinjaError) -> JinjaValue {
        steps += 1
        guard steps <= JinjaEvaluator.maximumSteps else { throw fail("the template takes too many steps") }
        switch expression {
        case .constant(let value): return value
        case .name(let name): return try named(name)
        case .list(let elements):
            var values: [JinjaValue] = []
            for element in elements { values.append(try value(element)) }
            return .list(values)
        case .dict(let members):
            var values: [JinjaMember] = []
            for (key, element) in members { values.append(JinjaMember(key: try value(key).text, value: try value(element))) }
            return .dict(values)
        case .attribute(let base, let name): return try attribute(base, name)
        case .index(let base, let key): return try element(try value(base), try value(key))
        case .slice(let base, let start, let end): return try slice(base, start, end)
        case .call(let function, let arguments, let named):
            var values: [JinjaValue] = [], byName: [(name: String, value: JinjaValue)] = []
            for argument in arguments { values.append(try value(argument)) }
            for argument in named { byName.append((argument.name, try value(argument.value))) }
            return try call(function, JinjaArguments(positional: values, named: byName))
        case .filter(let base, let name, let arguments, let named):
            var values: [JinjaValue] = [], byName: [(name: String, value: JinjaValue)] = []
            if name == "default" || name == "d" {
                var isBoolean = false
                if arguments.count > 1 { isBoolean = try value(arguments[1]).isTrue }
                if let said = named.first(where: { $0.name == "boolean" })?.value { isBoolean = try value(said).isTrue }
                if try isDefined(base) {
                    let given = try value(base)
                    if !isBoolean || given.isTrue { return given }
                }
                if let standard = named.first(where: { $0.name == "default_value" })?.value { return try value(standard) }
                return arguments.isEmpty ? .string("") : try value(arguments[0])
            }
            for argument in arguments { values.append(try value(argument)) }
            for argument in named { byName.append((argument.name, try value(argument.value))) }
            return try JinjaFilters.apply(
                name, to: try value(base), JinjaArguments(positional: values, named: byName), line: line)
        case .unary(let sign, let inner):
            let operand = try value(inner)
            if sign == "not" { return .bool(!operand.isTrue) }
            switch operand {
            case .int(let number) where number != Int.min: return .int(-number)
            case .double(let number): return .double(-number)
            default: throw fail("- of what is no number")
            }
        case .binary(let symbol, let left, let right): return try binary(symbol, left, right)
        case .test(let inner, let name, let argument, let isNegated):
            return .bool(try test(inner, name, argument) != isNegated)
        case .conditional(let condition, let then, let otherwise):
            if try value(condition).isTrue { return try value(then) }
            if let otherwise { return try value(otherwise) }
            return .string("")
        }
    }

    private static let functions: Set<String> = [
        "ref", "source", "config", "var", "env_var", "is_incremental", "range", "return", "log", "print", "dict", "namespace",
        "dbt", "dbt_utils", "dbt_date", "dbt_expectations", "adapter", "exceptions", "modules", "run_query", "statement",
        "zip", "set", "builtins", "before_begin", "after_commit", "in_transaction",
        "fromjson", "tojson", "should_full_refresh", "load_result", "flags",
    ]

    /// What a name stands for; `member` is what is asked of it, as a macro of a package.
    private func named(_ name: String, member: String? = nil) throws(JinjaError) -> JinjaValue {
        if let value = lookUp(name) { return value }
        switch name {
        case "this": return .pieces([.this])
        case "target": return .dict(context.target)
        case "model": return .dict(context.this)
        case "execute": return .bool(true)
        default: break
        }
        if let package, context.macros["\(package).\(name)"] != nil { return .function("\(package).\(name)") }
        if context.macros[name] != nil || JinjaEvaluator.functions.contains(name) { return .function(name) }
        if JinjaMacros.named(name) != nil || context.macros.keys.contains(where: { $0.hasPrefix(name + ".") }) {
            return .function(name)
        }
        if unknown.contains(name) { throw fail("") }
        if let advice = JinjaAdvice.of(name) { throw fail(advice) }
        if let member {
            throw fail("the macro '\(name).\(member)' is not in the project: its package is not in dbt_packages, where "
                + "`dbt deps` brings it")
        }
        throw fail("'\(name)' is not known: no macro of the project or of its dbt_packages, and no variable that is set "
            + "before, has that name")
    }

    private func isDefined(_ expression: JinjaExpression) throws(JinjaError) -> Bool {
        guard case .name(let name) = expression else {
            if case .attribute(let base, let key) = expression, case .dict = try value(base) {
                return try value(base)[key] != nil
            }
            return true
        }
        return lookUp(name) != nil || ["this", "target", "execute"].contains(name) || context.macros[name] != nil
    }

    private func test(_ expression: JinjaExpression, _ name: String, _ argument: JinjaExpression?) throws(JinjaError) -> Bool {
        switch name {
        case "defined": return try isDefined(expression)
        case "undefined": return try !isDefined(expression)
        default:
            var other: JinjaValue?
            if let argument { other = try value(argument) }
            return try JinjaTests.holds(name, try value(expression), other, line: line)
        }
    }

    private func attribute(_ base: JinjaExpression, _ name: String) throws(JinjaError) -> JinjaValue {
        let object = try owner(base, of: name)
        switch object {
        case .dict:
            if let member = object[name] { return member }
            if ["items", "keys", "values", "get", "update"].contains(name) { throw fail(".\(name) that is not called") }
            throw fail("'.\(name)' is not known without dbt")
        case .function("flags"): return .bool(false)
        case .function(let package): return .function("\(package).\(name)")
        case .pieces([.this]): if let part = JinjaValue.dict(context.this)[name] { return part }
        case .pieces(let pieces) where pieces.count == 1:
            if case .relation(let key) = pieces[0], let parts = context.parts(key), let part = JinjaValue.dict(parts)[name] {
                return part
            }
        default: break
        }
        throw fail("'.\(name)' of \(object.text.isEmpty ? "a relation" : "'\(object.text.prefix(40))'")")
    }

    private func owner(_ base: JinjaExpression, of member: String) throws(JinjaError) -> JinjaValue {
        if case .name(let name) = base { return try named(name, member: member) }
        return try value(base)
    }

    /// `list[1:3]`, `text[:2]`.
    private func slice(
        _ base: JinjaExpression, _ start: JinjaExpression?, _ end: JinjaExpression?
    ) throws(JinjaError) -> JinjaValue {
        func bound(_ expression: JinjaExpression?, _ standard: Int, _ count: Int) throws(JinjaError) -> Int {
            guard let expression else { return standard }
            guard case .int(let place) = try value(expression) else { throw fail("[:] of what is no number") }
            return min(count, max(0, place < 0 ? count + max(place, -count) : place))
        }
        switch try value(base).plain {
        case .list(let elements):
            let (low, high) = (try bound(start, 0, elements.count), try bound(end, elements.count, elements.count))
            return .list(low < high ? Array(elements[low..<high]) : [])
        case .string(let text):
            let all = Array(text)
            let (low, high) = (try bound(start, 0, all.count), try bound(end, all.count, all.count))
            return .string(low < high ? String(all[low..<high]) : "")
        default: throw fail("[:] of what is no list")
        }
    }

    private func element(_ object: JinjaValue, _ key: JinjaValue) throws(JinjaError) -> JinjaValue {
        switch (object, key) {
        case (.list(let elements), .int(let index)):
            let place = index < 0 ? elements.count + max(index, -elements.count - 1) : index
            guard elements.indices.contains(place) else { throw fail("a list has no element \(index)") }
            return elements[place]
        case (.dict, _):
            guard let found = object[key.text] else { throw fail("a dictionary has no '\(key.text)'") }
            return found
        default: throw fail("[ ] of what is no list")
        }
    }

    private func binary(_ symbol: String, _ left: JinjaExpression, _ right: JinjaExpression) throws(JinjaError) -> JinjaValue {
        let a = try value(left)
        switch symbol {
        case "and": return a.isTrue ? try value(right) : a
        case "or": return a.isTrue ? a : try value(right)
        default: break
        }
        return try JinjaOperators.apply(symbol, a, try value(right), line: line)
    }

    // MARK: Calls

    private func call(_ function: JinjaExpression, _ arguments: JinjaArguments) throws(JinjaError) -> JinjaValue {
        // Methods of lists, texts and dictionaries.
        if case .attribute(let base, let method) = function {
            let object = try owner(base, of: method)
            if case .function(let package) = object { return try call("\(package).\(method)", arguments) }
            if let (changed, result) = try JinjaChanges.apply(method, to: object, arguments, line: line) {
                switch base {
                case .name(let name): change(name, changed)
                case .attribute(.name(let name), let key): try assign(["\(name).\(key)"], changed)
                default: throw fail("'.\(method)(…)' of what has no name")
                }
                return result
            }
            return try JinjaMethods.call(method, of: object, arguments, line: line)
        }
        guard case .function(let name) = try value(function) else { throw fail("a call of what is no function") }
        return try call(name, arguments)
    }

    private func call(_ name: String, _ arguments: JinjaArguments) throws(JinjaError) -> JinjaValue {
        if name.hasPrefix("#dispatched.") { return try expand(String(name.dropFirst(12)), arguments) }
        // A project's own `ref` calls dbt's by this name.
        if name.hasPrefix("builtins.") { return try JinjaFunctions.call(String(name.dropFirst(9)), arguments, of: self) }
        if context.macros[name] != nil, !JinjaEvaluator.isBuiltIn(name) { return try expand(name, arguments) }
        switch name {
        case "config":
            configuration += arguments.named
            for case .dict(let members) in arguments.positional { configuration += members.map { ($0.key, $0.value) } }
            return .string("")
        case "config.get", "config.require":
            guard let name = arguments[0, "name"]?.text else { throw fail("config.get of nothing") }
            return configuration.last { $0.name == name }?.value ?? arguments[1, "default"] ?? .none
        case "return":
            guard callDepth > 0 else { throw fail("return() outside of a macro") }
            returned = arguments.positional.first ?? JinjaValue.none
            return .string("")
        case "is_incremental": throw fail("is_incremental() within an expression")
        case "adapter.dispatch":
            guard let wanted = arguments.positional.first?.text else { throw fail("dispatch of nothing") }
            let places = ["", arguments[1, "macro_namespace"].map { $0.text + "." } ?? "", package.map { $0 + "." } ?? ""]
            for place in places {
                for prefix in ["snowflake__", "default__"] where context.macros[place + prefix + wanted] != nil {
                    return .function("#dispatched." + place + prefix + wanted)
                }
            }
            throw fail("the macro '\(wanted)' is not in the project")
        default: return try JinjaFunctions.call(name, arguments, of: self)
        }
    }

    /// Whether a macro is better known here than by its own text, which asks dbt for columns.
    private static func isBuiltIn(_ name: String) -> Bool {
        JinjaFunctions.packaged.contains(name) || name.contains(".") && JinjaMacros.named(name) != nil
    }

    /// A macro's text, with its parameters in a scope of its own.
    private func expand(_ name: String, _ arguments: JinjaArguments) throws(JinjaError) -> JinjaValue {
        guard let macro = context.macros[name] else { throw fail("the macro '\(name)' is not in the project") }
        return try expand(macro, as: name, arguments)
    }

    func expand(_ macro: JinjaMacro, as name: String? = nil, _ arguments: JinjaArguments) throws(JinjaError) -> JinjaValue {
        let name = name ?? macro.name
        guard callDepth < 40 else { throw fail("macros call each other too deep") }
        callDepth += 1
        let outer = (frames: frames, package: package, line: lineInMacro, returned: returned)
        defer {
            callDepth -= 1
            (frames, package, lineInMacro, returned) = outer
        }
        package = name.split(separator: ".").count == 2 ? name.split(separator: ".").first.map(String.init) : nil
        (frames, returned) = ([[:]], nil)
        for (index, parameter) in macro.parameters.enumerated() {
            if let given = arguments[index, parameter.name] {
                define(parameter.name, given)
            } else if let standard = parameter.standard {
                define(parameter.name, try value(standard))
            }
        }
        define("varargs", .list(Array(arguments.positional.dropFirst(macro.parameters.count))))
        define("kwargs", .dict(arguments.named.filter { given in !macro.parameters.contains { $0.name == given.name } }
            .map { JinjaMember(key: $0.name, value: $0.value) }))
        do {
            let text = try pieces(macro.body, isMacro: true)
            if let returned { return returned }
            return JinjaValue.pieces(text).plain
        } catch {
            if error.text.isEmpty { throw error }
            let place = macro.path.isEmpty ? "" : " (\(macro.path):\(lineInMacro))"
            throw fail("the macro '\(name)'\(place): \(error.text)")
        }
    }
}

/// What a function is called with.
struct JinjaArguments {
    var positional: [JinjaValue]
    var named: [(name: String, value: JinjaValue)]

    /// An argument by its place or its name.
    subscript(index: Int, name: String) -> JinjaValue? {
        named.first { $0.name == name }?.value ?? (positional.indices.contains(index) ? positional[index] : nil)
    }
}
