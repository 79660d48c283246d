import Testing
import WarehouseBasics
@testable import WarehouseScaffold

/// Our reader against Yams, which binds libyaml: what both read is equal in kind, text, plainness and line.
@Suite struct YAMLDifferentialTests {
    @Test func theCorpusIsReadAlike() {
        for (rule, documents) in YAMLCorpus.valid {
            for text in documents {
                if case .refused(let message) = YAMLOracle.read(text) { Issue.record("\(rule): Yams refuses \(text.debugDescription): \(message)") }
                #expect(throws: Never.self, "\(rule): \(text.debugDescription)") { try YAMLValue.read(text, path: "a.yml") }
                if let difference = YAMLOracle.difference(text) { Issue.record("\(rule): \(text.debugDescription)\n\(difference)") }
            }
        }
    }

    @Test func theCorpusIsRefusedAlike() {
        for (rule, documents) in YAMLCorpus.invalid {
            for text in documents {
                if case .value(let value) = YAMLOracle.read(text) {
                    Issue.record("\(rule): Yams reads \(text.debugDescription) as \(YAMLOracle.shown(value))")
                }
                #expect(throws: WarehouseError.self, "\(rule): \(text.debugDescription)") { try YAMLValue.read(text, path: "a.yml") }
            }
        }
    }

    /// Every difference that `YAMLOracle.difference` lets pass.
    @Test func whatDiffersIsMeant() throws {
        let onlyWeRefuse = [
            "1: a\n'1': b\n", "!a x: 1\nx: 2\n", "? {<<: a}\n: 1\n", "!%C0%80 a",
            String(repeating: "[", count: 201) + String(repeating: "]", count: 201),
        ]
        for text in onlyWeRefuse {
            #expect(throws: WarehouseError.self, "\(text)") { try YAMLValue.read(text, path: "a.yml") }
            guard case .value = YAMLOracle.read(text) else { Issue.record("Yams refuses \(text), too"); continue }
        }
        guard case .refused = YAMLOracle.read("? [a]\n: 1\n? [a]\n: 2\n") else { Issue.record("Yams compares no collections"); return }
        #expect(try YAMLValue.read("? [a]\n: 1\n? [a]\n: 2\n", path: "a.yml").members.map(\.key) == ["?", "?"])
        // Foundation loses this character.
        #expect(try YAMLValue.read("a: \u{FEFF}b", path: "a.yml")["a"].text == "\u{FEFF}b")
    }

    @Test(arguments: [("documents", UInt64(20_261_122)), ("fragments", 20_261_123), ("mutations", 20_261_124), ("bytes", 20_261_125)])
    func randomTextsAreReadAlike(kind: String, seed: UInt64) {
        let corpus = YAMLCorpus.valid.flatMap(\.documents)
        var readCount = 0
        for number in 0..<4_000 {
            var random = YAMLGenerator(seed: seed + UInt64(number))
            let text = switch kind {
            case "documents": random.document()
            case "fragments": random.soup()
            case "bytes": random.bytes()
            default: random.mutation(of: number % 2 == 0 ? corpus[random.number(corpus.count)] : random.document())
            }
            if let difference = YAMLOracle.difference(text) {
                Issue.record("\(kind), seed \(seed + UInt64(number)): \(text.debugDescription)\n\(difference)")
            }
            if (try? YAMLValue.read(text, path: "a.yml")) != nil { readCount += 1 }
        }
        #expect(readCount > 400, "hardly any of these texts is YAML")
    }
}
