import WarehouseBasics
import WarehouseSQL

/// When a project's own statements run.
enum RunHook: String, CaseIterable {
    case start = "on-run-start"
    case end = "on-run-end"

    /// A node for each text, as dbt has them: `operation.shop.shop-on-run-end-0`.
    static func nodes(of project: Project) -> [Node] {
        allCases.flatMap { hook in
            (hook == .start ? project.onRunStart : project.onRunEnd).enumerated().map { index, text in
                let name = "\(project.name)-\(hook.rawValue)-\(index)"
                return Node(
                    id: "operation.\(project.name).\(name)", kind: .operation, name: name, about: "", tags: [hook.rawValue],
                    declaration: "Project.\(hook == .start ? "onRunStart" : "onRunEnd")", relation: nil,
                    schema: project.target.schema, materialization: nil, columns: [], dependencies: [],
                    content: .operation(text))
            }
        }
    }
}

extension Runner {
    /// Runs the statements of a moment. Once one fails, those after it are left out.
    func run(_ hook: RunHook) -> [NodeResult] {
        let nodes = graph.hooks.filter { $0.tags == [hook.rawValue] }
        guard !nodes.isEmpty else { return [] }
        if hook == .end { console.line() }
        let isWithin = target.isInTransaction
        var results: [NodeResult] = []
        for (index, node) in nodes.enumerated() {
            let hasFailed = results.contains { $0.status != .success }
            let name = "\(project.name).\(hook.rawValue).\(index)"
            let result = run(node, name, index + 1, nodes.count, isSkipped: hasFailed)
            results.append(result)
            // Left open, a transaction that these hooks began would take along what is written after it.
            if result.status == .error, !isWithin, target.isInTransaction { _ = try? target.run(.rollback) }
        }
        if hook == .start { console.line() }
        return results
    }

    private func run(_ node: Node, _ name: String, _ index: Int, _ total: Int, isSkipped: Bool) -> NodeResult {
        let start = options.clock.now()
        var result = NodeResult(
            node: node, status: .skipped, message: "\(name) skipped", failures: 1, startedAt: start, completedAt: start)
        if !isSkipped, case .operation(let text) = node.content {
            console.progress(
                "START hook: \(name)", index: index, total: total, status: "RUN",
                as: ConsoleEvent("LogHookStartLine", "Q032", [
                    ("statement", .string(name)), ConsoleEvent.info(node, status: "started", from: start),
                ]))
            do {
                for statement in try Hook.statements(text, this: nil) { _ = try target.run(statement) }
                result.status = .success
                result.message = "\(name) passed"
                result.failures = 0
            } catch {
                noteCancellation(error)
                result.status = .error
                result.message = "\(name) failed, error:\n\(Runner.message(error))"
            }
            result.completedAt = options.clock.now()
        }
        let status = result.status == .success ? "OK" : isSkipped ? "SKIP" : "ERROR"
        console.progress(
            "\(status) hook: \(name)", index: index, total: total, status: status, seconds: result.executionTime,
            as: ConsoleEvent("LogHookEndLine", "Q033", level: status == "ERROR" ? .error : .info, [
                ("statement", .string(name)), ConsoleEvent.info(
                    node, status: result.status.rawValue, from: start, to: result.completedAt),
            ]))
        return result
    }
}
