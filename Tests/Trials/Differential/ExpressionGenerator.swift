/// Makes random expressions and predicates that mean the same in both dialects: no integer division, no numbers that
/// doubles do not hold, no case mapping beyond ASCII.
struct ExpressionGenerator {
    var random: SeededRandom

    /// A column of the kind; nil where there is none.
    mutating func column(_ kind: ValueKind, _ columns: [TestColumn]) -> String? {
        let fitting = columns.filter { $0.kind == kind }
        return fitting.isEmpty ? nil : random.pick(fitting).name
    }

    mutating func literal(_ kind: ValueKind) -> String {
        if random.chance(4) { return "CAST(NULL AS \(kind.type))" }
        switch kind {
        case .integer:
            return signed("\(random.pick([0, 1, 2, 3, 7, -1, 12, 100, 2_147_483_647, random.between(-9, 300)]))")
        case .decimal:
            return signed("\(Double(random.between(-400, 400)) / 4)")
        case .real:
            return "CAST(\(Double(random.between(-80, 80)) / 8) AS FLOAT)"
        case .text: return "'\(random.pick(TestTable.words + ["u1", "u2", "m"]))'"
        case .date: return "DATE \(TestTable.date(&random))"
        }
    }

    private func signed(_ text: String) -> String { text.hasPrefix("-") ? "(\(text))" : text }

    mutating func expression(_ kind: ValueKind, _ columns: [TestColumn], _ depth: Int) -> String {
        if depth <= 0 || random.chance(35) {
            if random.chance(85), let column = column(kind, columns) { return column }
            return literal(kind)
        }
        let a = expression(kind, columns, depth - 1), b = expression(kind, columns, depth - 1)
        switch random.below(20) {
        case 0, 1: return "CASE WHEN \(predicate(columns, depth - 1)) THEN \(a) ELSE \(b) END"
        case 2: return "CASE \(expression(.text, columns, 0)) WHEN \(literal(.text)) THEN \(a) WHEN 'a' THEN \(b) END"
        case 3: return "COALESCE(\(a), \(b))"
        case 4: return "NULLIF(\(a), \(b))"
        default: break
        }
        switch kind {
        case .integer: return integer(a, b, columns, depth)
        case .decimal: return random.pick(["(\(a) + \(b))", "(\(a) - \(b))", "ABS(\(a))", "(\(a) * 2)", "(- \(a))"])
        case .real: return random.pick(["(\(a) + \(b))", "(\(a) - \(b))", "ABS(\(a))", "(\(a) * 0.5)", "(\(a) / 4)"])
        case .text: return text(a, b, columns, depth)
        case .date: return random.pick([a, "COALESCE(\(a), \(b))"])
        }
    }

    private mutating func integer(_ a: String, _ b: String, _ columns: [TestColumn], _ depth: Int) -> String {
        switch random.below(6) {
        case 0: "(\(a) + \(b))"
        case 1: "(\(a) - \(b))"
        case 2: "(\(a) * \(random.between(0, 5)))"
        case 3: "(\(a) % \(random.pick([2, 3, 7, 100])))"
        case 4: "ABS(\(a))"
        default: "LENGTH(\(expression(.text, columns, depth - 1)))"
        }
    }

    private mutating func text(_ a: String, _ b: String, _ columns: [TestColumn], _ depth: Int) -> String {
        switch random.below(7) {
        case 0, 1: "(\(a) || \(b))"
        case 2: "SUBSTR(\(a), \(random.between(1, 3)))"
        case 3: "SUBSTR(\(a), \(random.between(1, 3)), \(random.between(0, 3)))"
        case 4: "TRIM(\(a))"
        case 5: "REPLACE(\(a), 'a', '\(random.pick(["", "zz"]))')"
        default: "CAST(\(expression(.integer, columns, depth - 1)) AS VARCHAR)"
        }
    }

    mutating func predicate(_ columns: [TestColumn], _ depth: Int) -> String {
        if depth > 0 {
            switch random.below(10) {
            case 0, 1: return "(\(predicate(columns, depth - 1)) AND \(predicate(columns, depth - 1)))"
            case 2, 3: return "(\(predicate(columns, depth - 1)) OR \(predicate(columns, depth - 1)))"
            case 4: return "(NOT \(predicate(columns, depth - 1)))"
            default: break
            }
        }
        let kind = random.pick([ValueKind.integer, .integer, .decimal, .real, .text, .date])
        let value = expression(kind, columns, depth - 1)
        let not = random.chance(30) ? "NOT " : ""
        switch random.below(8) {
        case 0: return "(\(value) IS \(not)NULL)"
        case 1:
            let members = (0...random.below(5)).map { _ in literal(kind) }
            return "(\(value) \(not)IN (\(members.joined(separator: ", "))))"
        case 2: return "(\(value) \(not)BETWEEN \(literal(kind)) AND \(expression(kind, columns, 0)))"
        case 3:
            let patterns = ["%", "a%", "%b", "%l%", "_", "__", "a_c%", "%é%", "", "u1%", "%日%", "a s%one", "%s%o%"]
            return "(\(expression(.text, columns, depth - 1)) \(not)LIKE '\(random.pick(patterns))')"
        case 4: return "(\(value) IS \(not)DISTINCT FROM \(expression(kind, columns, 0)))"
        default:
            let other = random.chance(60) ? literal(kind) : expression(kind, columns, depth - 1)
            return "(\(value) \(random.pick(["=", "<>", "<", "<=", ">", ">="])) \(other))"
        }
    }

    /// An aggregate call, and the kind of what it gives.
    mutating func aggregate(_ columns: [TestColumn]) -> (sql: String, kind: ValueKind) {
        let number = random.pick([ValueKind.integer, .integer, .decimal, .real])
        let any = random.pick(ValueKind.allCases)
        let distinct = random.chance(30) ? "DISTINCT " : ""
        return switch random.below(6) {
        case 0: ("COUNT(*)", .integer)
        case 1: ("COUNT(\(distinct)\(expression(any, columns, 1)))", .integer)
        case 2, 3: ("SUM(\(distinct)\(expression(number, columns, 1)))", number)
        case 4: ("AVG(\(distinct)\(expression(number, columns, 1)))", .real)
        default: ("\(random.pick(["MIN", "MAX"]))(\(expression(any, columns, 1)))", any)
        }
    }
}
