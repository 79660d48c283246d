import Foundation

/// A query of the suite, as `queries.py --json` prints it: statements that come before it unmeasured, and its own.
struct SuiteQuery: Decodable {
    let name: String
    let before: [String]
    let texts: [String]

    /// Whether it only reads.
    var isSelect: Bool { (before + texts).allSatisfy { $0.hasPrefix("SELECT") || $0.hasPrefix("WITH") } }

    static func read(_ path: String) throws -> [SuiteQuery] {
        try JSONDecoder().decode([SuiteQuery].self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
