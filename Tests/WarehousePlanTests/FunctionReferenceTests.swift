#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
@testable import WarehousePlan

/// docs/functions.md says what there is: every function that exists, no other, and each with an answer in a script.
@Suite struct FunctionReferenceTests {
    private static let root: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }()

    private static func text(_ path: String) -> String {
        guard let file = fopen(root + "/" + path, "rb") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = [], piece = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[0..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Rows of the page's tables: a name, and the other names of the same function.
    private static let listed: [(name: String, aliases: [String])] = text("docs/functions.md").split(separator: "\n")
        .filter { $0.hasPrefix("| `") }.map { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
            func names(_ cell: Substring) -> [String] {
                cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { $0.offset % 2 == 1 }.map { String($0.element) }
            }
            return (names(cells[1])[0], names(cells[2]))
        }

    /// What a plan calls the operators.
    private static let operators: Set<String> = ["ADD", "SUB", "MUL", "DIV", "NEG"]
    /// What the parser or the binder knows, and how a script shows it.
    private static let syntax: [String: String] = [
        "CASE": "CASE ", "CAST": "CAST(", "TRY_CAST": "TRY_CAST(", "EXTRACT": "EXTRACT(", "IN": " IN (", "LIKE": " LIKE '",
        "IS DISTINCT FROM": " IS DISTINCT FROM ", "IS NULL": " IS NULL", "ILIKE": " ILIKE '", "ILIKE ANY": " ILIKE ANY (",
        "LIKE ALL": " LIKE ALL (", "LIKE ANY": " LIKE ANY (", "GROUPING": "GROUPING(", "GROUPING_ID": "GROUPING_ID(",
        "FLATTEN": "FLATTEN(", "GENERATOR": "GENERATOR(", "RESULT_SCAN": "RESULT_SCAN(", "INFER_SCHEMA": "INFER_SCHEMA(",
        "CURRENT_AVAILABLE_ROLES": "CURRENT_AVAILABLE_ROLES(", "CURRENT_SECONDARY_ROLES": "CURRENT_SECONDARY_ROLES(",
        "VALIDATE": "VALIDATE(", "GETVARIABLE": "GETVARIABLE(", "IS_ROLE_IN_SESSION": "IS_ROLE_IN_SESSION(",
        "IS_DATABASE_ROLE_IN_SESSION": "IS_DATABASE_ROLE_IN_SESSION(", "COPY_HISTORY": "COPY_HISTORY(",
        "SPLIT_TO_TABLE": "SPLIT_TO_TABLE(", "STRTOK_SPLIT_TO_TABLE": "STRTOK_SPLIT_TO_TABLE(",
    ]
    /// Constants of a local warehouse, and what Snowflake's reference does not have: listed, but not counted.
    private static let uncounted: Set<String> = [
        "PI", "CURRENT_ACCOUNT", "CURRENT_ACCOUNT_NAME", "CURRENT_CLIENT", "CURRENT_ORGANIZATION_NAME", "CURRENT_REGION",
        "CURRENT_ROLE_TYPE", "CURRENT_SECONDARY_ROLES", "CURRENT_VERSION", "INVOKER_SHARE", "TRY_TO_VARCHAR",
    ]

    private static let registered: Set<String> = {
        var names = Set(ScalarFunctions.all.flatMap { [$0.name] + $0.aliases })
        names.formUnion(AggregateFunctions.all.flatMap { [$0.name] + $0.aliases })
        names.formUnion(WindowFunctions.names + HigherOrderFunctions.names)
        return names.subtracting(operators)
    }()

    @Test func thePageListsWhatThereIs() {
        let names = Self.listed.map(\.name)
        #expect(Set(names).count == names.count, "a function is listed twice")
        let known = Set(names + Self.listed.flatMap(\.aliases))
        #expect(Self.registered.subtracting(known).sorted() == [], "not listed in docs/functions.md")
        #expect(known.subtracting(Self.registered).subtracting(Self.syntax.keys).sorted() == [], "listed, but unknown")
        #expect(known.filter { MissingFunctions.contains($0) && $0 != "SYSTEM$TYPEOF" }.sorted() == [])
    }

    /// The SQL of the scripts' queries, in upper case: what stands above their answers.
    private static func questions() -> String {
        var text = ""
        let folder = root + "/Tests/SQL/functions"
        guard let handle = opendir(folder) else { return "" }
        defer { closedir(handle) }
        while let item = readdir(handle) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard name.hasSuffix(".slt") else { continue }
            var isQuestion = false
            for line in Self.text("Tests/SQL/functions/" + name).split(separator: "\n") {
                if line.hasPrefix("query") { isQuestion = true }
                else if line == "----" { isQuestion = false }
                else if isQuestion { text += line.uppercased() + "\n" }
            }
        }
        return text
    }

    @Test func everyFunctionHasAnAnswer() {
        let questions = Self.questions()
        var calls: Set<Substring> = []
        var word = questions.startIndex
        var index = questions.startIndex
        while index < questions.endIndex {
            let character = questions[index]
            if !(character.isLetter || character.isNumber || character == "_" || character == "$") {
                if character == "(" { calls.insert(questions[word..<index]) }
                word = questions.index(after: index)
            }
            index = questions.index(after: index)
        }
        let answered = Self.listed.map(\.name).filter { name in
            Self.syntax[name].map { questions.contains($0) } ?? calls.contains(Substring(name))
        }
        #expect(Set(Self.listed.map(\.name)).subtracting(answered).sorted() == [], "no script asks for these")
        let counted = answered.filter { !Self.uncounted.contains($0) }.count
        print("\(counted) functions have answers of their documentation pages")
        #expect(counted >= 350)
    }
}
