import WarehouseBasics

extension DbtProjectReader {
    /// Each use of a generic test of the project's own, or of a package's, becomes a test in SQL: the test's text with the
    /// relation, the column and the arguments in it, under the name that dbt gives it.
    mutating func addGenericTests(_ context: JinjaContext) {
        guard !genericTests.isEmpty else { return }
        var added: [DbtResource] = []
        for index in project.resources.indices where ![.test, .analysis].contains(project.resources[index].kind) {
            var resource = project.resources[index]
            resource.tests = resource.tests.filter { !add($0, nil, project.resources[index], context, &added) }
            for place in resource.columns.indices {
                let column = resource.columns[place]
                resource.columns[place].tests = column.tests.filter {
                    !add($0, column, project.resources[index], context, &added)
                }
            }
            project.resources[index] = resource
        }
        var names = Set(project.resources.map(\.key))
        for var test in added {
            let base = test.name
            var count = 1
            while !names.insert("test:\(test.name)").inserted {
                count += 1
                test.name = "\(base)_\(count)"
            }
            test.key = "test:\(test.name)"
            project.resources.append(test)
        }
    }

    /// Whether the test is one of these, and was written, or named with what hinders it.
    private mutating func add(
        _ test: DbtTest, _ column: DbtColumn?, _ resource: DbtResource, _ context: JinjaContext, _ added: inout [DbtResource]
    ) -> Bool {
        // Those of dbt_utils and dbt_expectations that are tests of Swift's are better there.
        guard let macro = genericTests[test.name], !TestWriter.isKnown(test.name) else { return false }
        let evaluator = JinjaEvaluator(context)
        evaluator.line = test.line
        func setting(_ name: String) -> YAMLValue { test.configurations.map { $0[name] }.first { !$0.isNull } ?? .none }
        do throws(JinjaError) {
            var relation: [SQLPiece] = [.relation(resource.key)]
            if let filter = setting("where").text {
                relation = [.text("(select * from "), .relation(resource.key), .text(" where \(filter)) dbt_subquery")]
            }
            var arguments: [(name: String, value: JinjaValue)] = [("model", .pieces(relation))]
            if let column { arguments.append(("column_name", .string(SQLNames.written(column.name)))) }
            for (name, value) in test.arguments.members where !DbtProjectReader.testSettings.contains(name) {
                arguments.append((name, try DbtProjectReader.argument(value, evaluator)))
            }
            for parameter in macro.parameters where parameter.standard == nil
                && !arguments.contains(where: { $0.name == parameter.name }) {
                throw JinjaError(text: "its argument \(parameter.name) is missing", line: test.line)
            }
            var one = DbtResource(kind: .test, key: "", name: name(of: test, column, resource), path: test.path)
            one.pieces = try evaluator.expand(macro, JinjaArguments(positional: [], named: arguments)).pieces
            one.configuration = evaluator.configuration
            for name in ["severity", "error_if", "warn_if", "limit", "store_failures", "tags"] where !setting(name).isNull {
                one.configuration.append((name, setting(name).jinja))
            }
            added.append(one)
        } catch {
            project.note(test.path, test.line, "the test \(test.name) is not carried over: \(error.text)")
        }
        return true
    }

    private static let testSettings: Set<String> = [
        "severity", "error_if", "warn_if", "limit", "store_failures", "tags", "where", "name", "config", "description",
        "test_name", "enabled", "meta", "fail_calc", "store_failures_as", "column_name",
    ]

    /// dbt's name of it, without the arguments.
    private func name(of test: DbtTest, _ column: DbtColumn?, _ resource: DbtResource) -> String {
        let given = test.configurations.compactMap { $0["name"].text }.first { $0 != test.name }
        let prefix = resource.kind == .source ? "source_" : ""
        let parts = [prefix + test.name, resource.name] + (column.map { [$0.name.lowercased()] } ?? [])
        return String((given ?? parts.joined(separator: "_")).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    /// An argument as YAML has it; `ref('x')`, and what is Jinja, is worked out.
    private static func argument(_ yaml: YAMLValue, _ evaluator: JinjaEvaluator) throws(JinjaError) -> JinjaValue {
        let value = yaml.jinja
        guard case .string(let text) = value else { return value }
        let trimmed = text.trimmingSpaces
        let isCall = ["ref(", "source(", "var(", "env_var("].contains { trimmed.hasPrefix($0) } && trimmed.hasSuffix(")")
        guard isCall || trimmed.contains("{{") || trimmed.contains("{%") else { return value }
        let faults = evaluator.faults.count
        let pieces = evaluator.evaluate(isCall ? "{{ \(trimmed) }}" : text)
        if evaluator.faults.count > faults { throw evaluator.faults[faults] }
        return JinjaValue.pieces(pieces).plain
    }
}
