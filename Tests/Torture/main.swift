import Trials
#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Random cases by the thousands, each section with its seed: what is too slow for the unit tests, in a release build.
let usage = """
    usage: torture [SECTION…] [--seed N] [--cases N] [--lanes N]
    Runs all sections, or those named. MLWH_LONG=1 runs many more cases.
    \(Section.allCases.map { "  \($0.rawValue.padded(14))\($0.summary)" }.joined(separator: "\n"))
      --seed N      starts at that seed: with --cases 1, the one case that a failure names
      --cases N     so many cases instead of each section's own number
      --lanes N     so many threads (default 2)
           torture tpch-data DIR [SCALE]
    Writes the tables of the section tpch to DIR (scale factor 0.1).
    """

func refuse(_ text: String) -> Never {
    complain("torture: \(text)\n\(usage)")
    exit(2)
}

let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "kill-writer" where words.count == 2: CommittingChild.run(words[1])
case "kill-builder" where words.count == 2: BuildingChild.run(words[1])
case "measured" where words.count == 4: MeasuredChild.main(words[1], words[2], words[3])
case "tpch-data" where words.count == 2 || words.count == 3:
    do {
        try TPCHGenerator(directory: words[1], scale: words.count > 2 ? Double(words[2]) ?? 0.1 : 0.1).run()
        exit(0)
    } catch {
        complain("torture: \(error)")
        exit(1)
    }
default: break
}

var settings = Settings()
var sections: [Section] = []
var index = 0
while index < words.count {
    let word = words[index]
    index += 1
    switch word {
    case "--help", "-h":
        print(usage)
        exit(0)
    case "--seed", "--cases", "--lanes":
        guard index < words.count, let number = UInt64(words[index]), number <= UInt64(Int.max) else {
            refuse("\(word) lacks its number")
        }
        index += 1
        switch word {
        case "--seed": settings.seed = number
        case "--cases": settings.cases = max(1, Int(number))
        default: settings.lanes = max(1, Int(number))
        }
    default:
        guard let section = Section(rawValue: word) else { refuse("unknown section \(word)") }
        sections.append(section)
    }
}
exit(Torture(settings: settings).run(sections.isEmpty ? Section.allCases : sections) ? 0 : 1)
