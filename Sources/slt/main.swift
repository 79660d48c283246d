import SQLLogicTest
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

let usage = """
    usage: slt [--accept] [--variable NAME=VALUE] FILE…
    Runs sqllogictest scripts, each in a fresh temporary warehouse. ${FIXTURES} in a script is this project's Fixtures.
      --accept                rewrites the answers that differ
      --variable NAME=VALUE   what ${NAME} stands for
    """

func complain(_ text: String) {
    var text = text + "\n"
    _ = text.withUTF8 { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// The project's Fixtures directory, absolute: beside Sources, as the compiler saw this file.
func fixturesPath() -> String {
    let folders = #filePath.split(separator: "/").dropLast(3)
    let built = "/" + folders.joined(separator: "/") + "/Fixtures"
    return access(built, R_OK) == 0 ? built : (getcwd(nil, 0).map { String(cString: $0) } ?? ".") + "/Fixtures"
}

var test = SQLLogicTest()
test.variables["FIXTURES"] = fixturesPath()
var files: [String] = []
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--accept": test.isAccepting = true
    case "--help", "-h":
        print(usage)
        exit(0)
    case "--variable":
        guard let pair = arguments.popFirst(), let equals = pair.firstIndex(of: "=") else { exit(2) }
        test.variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    case let option where option.hasPrefix("-") && option != "-":
        complain("slt: unknown option \(option)\n\(usage)")
        exit(2)
    default: files.append(argument)
    }
}
if files.isEmpty {
    complain(usage)
    exit(2)
}

var passed = 0, failed = 0
for file in files {
    let report = test.run(file)
    for failure in report.failures { print("\(failure)\n") }
    if let reason = report.skipped { print("\(file): skipped, \(reason)") }
    passed += report.passed
    failed += report.failures.count
}
print("\(passed) passed, \(failed) failed")
exit(failed == 0 ? 0 : 1)
