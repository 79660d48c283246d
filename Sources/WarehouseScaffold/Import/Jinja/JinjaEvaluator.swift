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
    private var scope: [String: JinjaValue] = [:]
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

    func replace(_ text: String) { replaced.append((text, line)) }

    private func pieces(_ nodes: [JinjaNode], isMacro: Bool) throws(JinjaError) -> [SQLPiece] {
        var result: [SQLPiece] = []
        for node in nodes {
            steps += 1
            guard steps <= JinjaEvaluator.maximumSteps else { throw fail("the template takes too many steps") }
            do {
                result.add(try pieces(node, isMacro: isMacro))
            } catch {
                guard !isMacro, let source = JinjaEvaluator.source(of: node) else { throw error }
                faults.append(error)
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
        case .output(_, let source, _), .conditional(_, let source, _), .loop(_, _, _, let source, _),
             .set(_, _, let source, _), .perform(_, let source, _), .unresolved(_, let source): source
        case .text, .setBlock, .macro, .snapshot: nil
        }
    }

    private func pieces(_ node: JinjaNode, isMacro: Bool) throws(JinjaError) -> [SQLPiece] {
        switch node {
        case .text(let text): return [.text(text)]
        case .output(let expression, _, let line):
            if !isMacro { self.line = line }
            return try value(expression).pieces
        case .set(let name, let expression, _, let line):
            if !isMacro { self.line = line }
            scope[name] = try value(expression)
            return []
        case .setBlock(let name, let body):
            scope[name] = .pieces(try pieces(body, isMacro: isMacro))
            return []
        case .perform(let expression, _, let line):
            if !isMacro { self.line = line }
            _ = try value(expression)
            return []
        case .conditional(let branches, _, let line):
            if !isMacro { self.line = line }
            return try conditional(branches, isMacro: isMacro)
        case .loop(let names, let list, let body, _, let line):
            if !isMacro { self.line = line }
            return try loop(names, list, body, isMacro: isMacro)
        case .macro(let macro):
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
            case .loop(_, _, let body, _, _): sets(body)
            default: false
            }
        }
    }

    private func loop(
        _ names: [String], _ list: JinjaExpression, _ body: [JinjaNode], isMacro: Bool
    ) throws(JinjaError) -> [SQLPiece] {
        let elements: [JinjaValue]
        switch try value(list) {
        case .list(let values): elements = values
        case .dict(let members): elements = members.map { .string($0.key) }
        default: throw fail("a for over what is no list")
        }
        let outer = scope
        defer { scope = outer }
        var result: [SQLPiece] = []
        for (index, element) in elements.enumerated() {
            if names.count == 1 { scope[names[0]] = element } else {
                guard case .list(let parts) = element, parts.count == names.count else {
                    throw fail("a for whose elements have not \(names.count) parts")
                }
                for (name, part) in zip(names, parts) { scope[name] = part }
            }
            scope["loop"] = .dict([
                JinjaMember(key: "index", value: .int(index + 1)), JinjaMember(key: "index0", value: .int(index)),
                JinjaMember(key: "first", value: .bool(index == 0)),
                JinjaMember(key: "last", value: .bool(index == elements.count - 1)),
                JinjaMember(key: "length", value: .int(elements.count)),
            ])
            result.add(try pieces(body, isMacro: isMacro))
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
        case .call(let function, let arguments, let named):
            var values: [JinjaValue] = [], byName: [(name: String, value: JinjaValue)] = []
            for argument in arguments { values.append(try value(argument)) }
            for argument in named { byName.append((argument.name, try value(argument.value))) }
            return try call(function, JinjaArguments(positional: values, named: byName))
        case .filter(let base, let name, let arguments):
            if name == "default" || name == "d" {
                if try isDefined(base) { return try value(base) }
                return arguments.isEmpty ? .string("") : try value(arguments[0])
            }
            var values: [JinjaValue] = []
            for argument in arguments { values.append(try value(argument)) }
            return try JinjaFilters.apply(name, to: try value(base), values, line: line)
        case .unary(let sign, let inner):
            let operand = try value(inner)
            if sign == "not" { return .bool(!operand.isTrue) }
            switch operand {
            case .int(let number) where number != Int.min: return .int(-number)
            case .double(let number): return .double(-number)
            default: throw fail("- of what is no number")
            }
        case .binary(let symbol, let left, let right): return try binary(symbol, left, right)
        case .test(let inner, let name, let isNegated): return .bool(try test(inner, name) != isNegated)
        case .conditional(let condition, let then, let otherwise):
            if try value(condition).isTrue { return try value(then) }
            if let otherwise { return try value(otherwise) }
            return .string("")
        }
    }

    private static let functions: Set<String> = [
        "ref", "source", "config", "var", "env_var", "is_incremental", "range", "return", "log", "print", "dict", "namespace",
        "dbt", "dbt_utils", "dbt_date", "dbt_expectations", "adapter", "exceptions", "modules", "run_query", "statement",
        "zip", "set",
    ]

    private func named(_ name: String) throws(JinjaError) -> JinjaValue {
        if let value = scope[name] { return value }
        switch name {
        case "this": return .pieces([.this])
        case "target": return .dict(context.target)
        case "execute": return .bool(true)
        default: break
        }
        if let package, context.macros["\(package).\(name)"] != nil { return .function("\(package).\(name)") }
        if context.macros[name] != nil || JinjaEvaluator.functions.contains(name) { return .function(name) }
        if JinjaMacros.named(name) != nil || context.macros.keys.contains(where: { $0.hasPrefix(name + ".") }) {
            return .function(name)
        }
        throw fail("'\(name)' is not known without dbt")
    }

    private func isDefined(_ expression: JinjaExpression) throws(JinjaError) -> Bool {
        guard case .name(let name) = expression else {
            if case .attribute(let base, let key) = expression, case .dict = try value(base) {
                return try value(base)[key] != nil
            }
            return true
        }
        return scope[name] != nil || ["this", "target", "execute"].contains(name) || context.macros[name] != nil
    }

    private func test(_ expression: JinjaExpression, _ name: String) throws(JinjaError) -> Bool {
        switch name {
        case "defined": return try isDefined(expression)
        case "undefined": return try !isDefined(expression)
        case "none": if case .none = try value(expression) { return true } else { return false }
        case "string": if case .string = try value(expression) { return true } else { return false }
        case "mapping": if case .dict = try value(expression) { return true } else { return false }
        case "iterable", "sequence": if case .list = try value(expression) { return true } else { return false }
        case "number":
            switch try value(expression) {
            case .int, .double: return true
            default: return false
            }
        default: throw fail("the test 'is \(name)'")
        }
    }

    private func attribute(_ base: JinjaExpression, _ name: String) throws(JinjaError) -> JinjaValue {
        let object = try value(base)
        switch object {
        case .dict:
            if let member = object[name] { return member }
            if ["items", "keys", "values", "get", "update"].contains(name) { throw fail(".\(name) that is not called") }
            throw fail("'.\(name)' is not known without dbt")
        case .function(let package): return .function("\(package).\(name)")
        default: throw fail("'.\(name)' of a \(object.text.prefix(40))")
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
            let object = try value(base)
            if case .function(let package) = object { return try call("\(package).\(method)", arguments) }
            if method == "append" || method == "update", case .name(let name) = base {
                scope[name] = try JinjaFilters.grown(object, method, arguments, line: line)
                return .none
            }
            return try JinjaFilters.method(method, of: object, arguments, line: line)
        }
        guard case .function(let name) = try value(function) else { throw fail("a call of what is no function") }
        return try call(name, arguments)
    }

    private func call(_ name: String, _ arguments: JinjaArguments) throws(JinjaError) -> JinjaValue {
        if name.hasPrefix("#dispatched.") { return try expand(String(name.dropFirst(12)), arguments) }
        if context.macros[name] != nil, !JinjaEvaluator.isBuiltIn(name) { return try expand(name, arguments) }
        switch name {
        case "config":
            configuration += arguments.named
            for case .dict(let members) in arguments.positional { configuration += members.map { ($0.key, $0.value) } }
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
        guard callDepth < 40 else { throw fail("macros call each other too deep") }
        callDepth += 1
        let outer = (scope: scope, package: package)
        defer {
            callDepth -= 1
            (scope, package) = (outer.scope, outer.package)
        }
        package = name.split(separator: ".").count == 2 ? name.split(separator: ".").first.map(String.init) : nil
        var inner: [String: JinjaValue] = [:]
        for (index, parameter) in macro.parameters.enumerated() {
            if let given = arguments[index, parameter.name] {
                inner[parameter.name] = given
            } else if let standard = parameter.standard {
                inner[parameter.name] = try value(standard)
            }
        }
        scope = inner
        do {
            return .pieces(try pieces(macro.body, isMacro: true))
        } catch {
            throw fail("the macro '\(name)' needs dbt: \(error.text)")
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
