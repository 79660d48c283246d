/// A part of a template's tree.
indirect enum JinjaNode {
    case text(String)
    case output(JinjaExpression, source: String, line: Int)
    /// Branches in their order, the last one's condition nil for `else`.
    case conditional([(condition: JinjaExpression?, body: [JinjaNode])], source: String, line: Int)
    case loop([String], JinjaExpression, body: [JinjaNode], otherwise: [JinjaNode], source: String, line: Int)
    /// Of one name or several; `a.b` is a member of a namespace.
    case set([String], JinjaExpression, source: String, line: Int)
    case setBlock(String, body: [JinjaNode])
    /// `{% do … %}`.
    case perform(JinjaExpression, source: String, line: Int)
    case macro(JinjaMacro)
    /// `{% test name(model, column_name) %}`.
    case genericTest(JinjaMacro)
    /// `{% snapshot name %}`.
    case snapshot(String, body: [JinjaNode], line: Int)
    /// What is not understood, as it stands.
    case unresolved(JinjaError, source: String)
}

/// A macro of the project.
struct JinjaMacro {
    var name: String
    var parameters: [(name: String, standard: JinjaExpression?)]
    var body: [JinjaNode]
    var line: Int
    /// Its file, within the project.
    var path = ""
}

/// Parts to a tree.
struct JinjaTemplate {
    private let parts: [JinjaPart]
    private var position = 0
    private var depth = 0

    /// The tree of a text. Throws where a block has no end.
    static func parse(_ text: String) throws(JinjaError) -> [JinjaNode] {
        var parser = JinjaTemplate(parts: try JinjaLexer.parts(of: text))
        let (nodes, end) = try parser.nodes(until: [])
        if let end { throw JinjaError(text: "{% \(end.word) %} closes nothing", line: end.line) }
        return nodes
    }

    private init(parts: [JinjaPart]) { self.parts = parts }

    private struct End { var word: String; var tokens: [JinjaToken]; var line: Int }
    private static let ends: Set<String> = [
        "endif", "elif", "else", "endfor", "endset", "endmacro", "endsnapshot", "endtest", "enddata_test", "endcall", "endfilter",
        "endmaterialization",
    ]

    /// Nodes up to a statement that ends a block, which is passed over and given.
    private mutating func nodes(until words: Set<String>) throws(JinjaError) -> ([JinjaNode], End?) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 60 else { throw JinjaError(text: "blocks nest too deep", line: 1) }
        var nodes: [JinjaNode] = []
        while position < parts.count {
            let part = parts[position]
            position += 1
            switch part {
            case .text(let text): nodes.append(.text(text))
            case .output(let tokens, let source, let line):
                do {
                    nodes.append(.output(try JinjaExpressionParser.parse(tokens, line: line), source: source, line: line))
                } catch {
                    nodes.append(.unresolved(error, source: source))
                }
            case .statement(let tokens, let source, let line):
                guard case .name(let word)? = tokens.first else {
                    nodes.append(.unresolved(JinjaError(text: "an empty statement", line: line), source: source))
                    continue
                }
                if JinjaTemplate.ends.contains(word) { return (nodes, End(word: word, tokens: tokens, line: line)) }
                nodes.append(try statement(word, Array(tokens.dropFirst()), source: source, line: line))
            }
        }
        return (nodes, nil)
    }

    /// The body of a block that ends with `word`.
    private mutating func body(_ word: String, line: Int) throws(JinjaError) -> [JinjaNode] {
        let (nodes, end) = try self.nodes(until: [word])
        guard end?.word == word else { throw JinjaError(text: "a block lacks its {% \(word) %}", line: line) }
        return nodes
    }

    private mutating func statement(
        _ word: String, _ tokens: [JinjaToken], source: String, line: Int
    ) throws(JinjaError) -> JinjaNode {
        let start = position - 1
        switch word {
        case "if": return try conditional(tokens, start: start, line: line)
        case "for":
            let (nodes, end) = try self.nodes(until: ["endfor", "else"])
            var otherwise: [JinjaNode] = []
            if end?.word == "else" { otherwise = try body("endfor", line: line) } else if end?.word != "endfor" {
                throw JinjaError(text: "a block lacks its {% endfor %}", line: line)
            }
            let all = text(from: start)
            return readable(all, line) { () throws(JinjaError) in
                var parser = JinjaExpressionParser(tokens, line: line)
                var names = [try parser.name()]
                while parser.take(",") { names.append(try parser.name()) }
                guard parser.take(word: "in") else { throw JinjaError(text: "for lacks its in", line: line) }
                let list = try parser.expression()
                guard parser.isAtEnd else { throw JinjaError(text: "for goes on after its list", line: line) }
                return .loop(names, list, body: nodes, otherwise: otherwise, source: all, line: line)
            }
        case "set": return try set(tokens, source: source, line: line)
        case "do": return readable(source, line) { () throws(JinjaError) in
            .perform(try JinjaExpressionParser.parse(tokens, line: line), source: source, line: line)
        }
        case "macro":
            let nodes = try body("endmacro", line: line)
            return readable(text(from: start), line) { () throws(JinjaError) in
                .macro(try JinjaTemplate.macro(tokens, nodes, line: line))
            }
        case "snapshot":
            let nodes = try body("endsnapshot", line: line)
            guard case .name(let name)? = tokens.first else {
                throw JinjaError(text: "a snapshot lacks its name", line: line)
            }
            return .snapshot(name, body: nodes, line: line)
        case "test", "data_test":
            let (nodes, end) = try self.nodes(until: ["endtest", "enddata_test"])
            guard end?.word == "end\(word)" else { throw JinjaError(text: "a block lacks its {% end\(word) %}", line: line) }
            return readable(text(from: start), line) { () throws(JinjaError) in
                .genericTest(try JinjaTemplate.macro(tokens, nodes, line: line))
            }
        case "call", "filter", "materialization":
            _ = try body("end\(word)", line: line)
            let isStatement = tokens.contains(.name("statement"))
            let error = JinjaError(text: isStatement ? JinjaAdvice.query("a statement block") : "{% \(word) %}", line: line)
            return .unresolved(error, source: text(from: start))
        default: return .unresolved(JinjaError(text: "{% \(word) %}", line: line), source: source)
        }
    }

    private func readable(
        _ source: String, _ line: Int, _ make: () throws(JinjaError) -> JinjaNode
    ) -> JinjaNode {
        do { return try make() } catch { return .unresolved(error, source: source) }
    }

    private mutating func conditional(_ tokens: [JinjaToken], start: Int, line: Int) throws(JinjaError) -> JinjaNode {
        var branches: [(condition: JinjaExpression?, body: [JinjaNode])] = []
        var fault: JinjaError?
        var condition: [JinjaToken]? = tokens
        while true {
            let (nodes, end) = try self.nodes(until: ["endif", "elif", "else"])
            do {
                var expression: JinjaExpression?
                if let tokens = condition { expression = try JinjaExpressionParser.parse(tokens, line: line) }
                branches.append((expression, nodes))
            } catch { fault = error }
            guard let end, ["endif", "elif", "else"].contains(end.word) else {
                throw JinjaError(text: "an if lacks its {% endif %}", line: line)
            }
            if end.word == "endif" { break }
            condition = end.word == "elif" ? Array(end.tokens.dropFirst()) : nil
        }
        if let fault { return .unresolved(fault, source: text(from: start)) }
        return .conditional(branches, source: text(from: start), line: line)
    }

    private mutating func set(_ tokens: [JinjaToken], source: String, line: Int) throws(JinjaError) -> JinjaNode {
        guard case .name(let name)? = tokens.first else { throw JinjaError(text: "set lacks its name", line: line) }
        guard let equals = tokens.firstIndex(of: .symbol("=")), tokens.prefix(equals).allSatisfy({ !$0.isOpening }) else {
            return .setBlock(name, body: try body("endset", line: line))
        }
        return readable(source, line) { () throws(JinjaError) in
            var parser = JinjaExpressionParser(Array(tokens.prefix(equals)), line: line)
            var names: [String] = []
            repeat {
                var name = try parser.name()
                if parser.take(".") { name += "." + (try parser.name()) }
                names.append(name)
            } while parser.take(",")
            guard parser.isAtEnd else { throw JinjaError(text: "set of what is no name", line: line) }
            let value = try JinjaExpressionParser.parseList(Array(tokens.dropFirst(equals + 1)), line: line)
            return .set(names, value, source: source, line: line)
        }
    }

    private static func macro(
        _ tokens: [JinjaToken], _ body: [JinjaNode], line: Int
    ) throws(JinjaError) -> JinjaMacro {
        var parser = JinjaExpressionParser(tokens, line: line)
        let name = try parser.name()
        var parameters: [(name: String, standard: JinjaExpression?)] = []
        if parser.take("(") {
            while !parser.take(")") {
                let parameter = try parser.name()
                parameters.append((parameter, parser.take("=") ? try parser.expression() : nil))
                if !parser.take(",") {
                    guard parser.take(")") else { throw JinjaError(text: "a macro's parameters have no end", line: line) }
                    break
                }
            }
        }
        return JinjaMacro(name: name, parameters: parameters, body: body, line: line)
    }

    /// The text of the parts from `start` up to where the parser stands.
    private func text(from start: Int) -> String {
        parts[start..<position].map { part in
            switch part {
            case .text(let text): text
            case .output(_, let source, _), .statement(_, let source, _): source
            }
        }.joined()
    }
}
