#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What a project may vary by: values given on the command line, the environment, the target.
/// ```swift
/// q.filter(r.ratedAt >= Variables.string("since", default: "2015-01-01") …)
/// // mlwh run --vars '{"since": "2020-01-01"}'
/// ```
/// They are read while the project's queries are made, so a value is a constant of the query.
public enum Variables {
    @TaskLocal static var context = ProjectContext()

    /// The variable's text: as given on the command line, else the project's, else `fallback`.
    public static func string(_ name: String, default fallback: String) -> String { context.variables[name] ?? fallback }
    /// The variable as a whole number; `fallback` where it is none.
    public static func int(_ name: String, default fallback: Int) -> Int {
        context.variables[name].flatMap { Int($0) } ?? fallback
    }
    /// The variable as a number; `fallback` where it is none.
    public static func double(_ name: String, default fallback: Double) -> Double {
        context.variables[name].flatMap { Double($0) } ?? fallback
    }
    /// Whether the variable is `true`; `fallback` where it is neither that nor `false`.
    public static func bool(_ name: String, default fallback: Bool) -> Bool {
        switch context.variables[name]?.lowercased() {
        case "true": true
        case "false": false
        default: fallback
        }
    }
    /// A variable of the process's environment, else `fallback`.
    public static func environment(_ name: String, default fallback: String) -> String {
        getenv(name).map { String(cString: $0) } ?? fallback
    }
    /// The target that the project is built at: `Variables.target?.name == "prod"`.
    public static var target: Target? { context.target }
}

/// What `Variables` reads.
struct ProjectContext: Sendable {
    var variables: [String: String] = [:]
    var target: Target?
}
