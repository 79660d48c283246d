import SQLLogicTest
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

let usage = """
    usage: slt [--accept] [--engine NAME] [--variable NAME=VALUE] FILE…
    Runs sqllogictest scripts, each in a fresh temporary warehouse. ${FIXTURES} in a script is this project's Fixtures,
    ${TEST_DIR} an empty folder. Tests/SQL/README.md tells what a script may hold. Exits with 0 when all records passed,
    1 when one failed, 2 for a wrong command line.
      --accept                rewrites the answers that differ
      --engine NAME           a name that onlyif and skipif know this engine by, beside mlwh
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

func refuse(_ text: String) -> Never {
    complain("slt: \(text)\n\(usage)")
    exit(2)
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
    case "--engine":
        guard let name = arguments.popFirst() else { refuse("--engine lacks its name") }
        test.engineNames.insert(name)
    case "--variable":
        guard let pair = arguments.popFirst(), let equals = pair.firstIndex(of: "=") else {
            refuse("--variable lacks its NAME=VALUE")
        }
        test.variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
    case let option where option.hasPrefix("-") && option != "-":
        refuse("unknown option \(option)")
    default: files.append(argument)
    }
}
if files.isEmpty {
    complain(usage)
    exit(2)
}

var passed = 0, failed = 0, skipped = 0
for file in files {
    let report = test.run(file)
    for failure in report.failures { print("\(failure)\n") }
    if let reason = report.skipped {
        print("\(file): skipped, \(reason)")
        skipped += 1
    }
    passed += report.passed
    failed += report.failures.count
}
let scripts = "\(files.count) script\(files.count == 1 ? "" : "s")"
print("\(passed) passed, \(failed) failed in \(scripts)" + (skipped == 0 ? "" : ", \(skipped) skipped"))
exit(failed == 0 ? 0 : 1)
