/// Examples for `--help`, with the name of the tool that runs.
enum Examples {
    /// A line each; what is given is what stands behind the tool's name.
    static func of(_ lines: String...) -> String {
        let name = CommandLineTool.current.withLock { $0?.name } ?? "mlwh"
        return lines.map { "  \(name) \($0)" }.joined(separator: "\n")
    }
}
