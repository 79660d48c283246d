import WarehouseBasics
@testable import WarehouseScaffold
import Yams

/// What Yams, a binding of libyaml, makes of a text, as the values that our reader gives.
enum YAMLOracle {
    enum Answer {
        case value(YAMLValue)
        case refused(String)
    }

    static func read(_ text: String) -> Answer {
        do {
            // libyaml counts a byte order mark as a column of the first line; a file's is no part of its text.
            let text = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
            guard let node = try Yams.compose(yaml: text) else { return .value(YAMLValue(kind: .null, line: 1)) }
            // Yams tells tags only resolved, where `a` and `!!str a` are the same; resolved to something else they are not.
            let tagged = text.contains("!") ? try Yams.compose(yaml: text, marking) ?? node : node
            var count = 0
            return .value(try value(tagged, &count))
        } catch {
            return .refused("\(error)")
        }
    }

    private static let marking: Resolver = {
        do { return try Resolver.basic.appending(Tag.Name(rawValue: "untagged"), "^[\\s\\S]*$") } catch { return .basic }
    }()

    private struct Refusal: Error { var message: String }

    private static func value(_ node: Node, _ count: inout Int) throws -> YAMLValue {
        count += 1
        guard count <= 200_000 else { throw Refusal(message: "limit") }
        let line = node.mark?.line ?? 0
        switch node {
        case .scalar(let scalar):
            let isPlain = isPlain(scalar)
            if isPlain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return YAMLValue(kind: .null, line: line) }
            return YAMLValue(kind: .text(scalar.string, isPlain: isPlain), line: line)
        case .sequence(let sequence):
            return YAMLValue(kind: .list(try sequence.map { try value($0, &count) }), line: line)
        case .mapping(let mapping):
            var own: [(key: String, value: YAMLValue)] = [], taken: [(key: String, value: YAMLValue)] = []
            for (key, element) in mapping {
                let inner = try value(element, &count)
                if let scalar = key.scalar, scalar.string == "<<", isPlain(scalar) {
                    for source in inner.isList ? inner.elements : [inner] {
                        guard case .map(let members) = source.kind else { throw Refusal(message: "merge") }
                        for member in members where !taken.contains(where: { $0.key == member.key }) { taken.append(member) }
                    }
                } else {
                    own.append((key.scalar?.string ?? "?", inner))
                }
            }
            return YAMLValue(kind: .map(own + taken.filter { member in !own.contains { $0.key == member.key } }), line: line)
        case .alias: throw Refusal(message: "alias")
        }
    }

    private static func isPlain(_ scalar: Node.Scalar) -> Bool {
        guard scalar.style == .plain else { return false }
        return Node.scalar(scalar).tag != Tag(.str) || !isMarked(scalar)
    }

    /// Whether tags of this scalar come from `marking`, so that one of a text was written.
    private static func isMarked(_ scalar: Node.Scalar) -> Bool {
        Node.scalar(.init("a", scalar.tag.copy(with: .implicit))).tag == Tag(Tag.Name(rawValue: "untagged"))
    }

    // MARK: Comparing

    /// What differs and is not meant to; nil where nothing does.
    static func difference(_ text: String) -> String? {
        let theirs = read(text)
        // Foundation drops a byte order mark from the beginning of each scalar; it is a character like others there.
        let isAltered = text.unicodeScalars.dropFirst().contains("\u{FEFF}")
        let ours: YAMLValue
        do throws(WarehouseError) { ours = try YAMLValue.read(text, path: "a.yml") } catch {
            guard case .value(let value) = theirs, !isMeant(error) else { return nil }
            return "only we refuse: \(error.message)\nYams: \(shown(value))"
        }
        switch theirs {
        case .value(let value):
            let (a, b) = (shown(ours), shown(value))
            return a == b || isAltered ? nil : "ours: \(a)\nYams: \(b)"
        case .refused(let message):
            if isMeant(refusalOfYams: message) || isAltered && (message.contains("merge") || message.contains("duplicated")) { return nil }
            return "only Yams refuses: \(message)\nours: \(shown(ours))"
        }
    }

    /// What we refuse and Yams reads. `YAMLDifferentialTests` shows an example of each.
    private static func isMeant(_ error: WarehouseError) -> Bool {
        // Keys of one text are one member here. Yams tells 1 from "1", and `!a x` from `x`.
        error.message.contains("a second member '")
            // Yams, whose limit is 1,000 levels, leaves counting to others.
            || error.code == ErrorKind.limitExceeded.code
            // Merge keys are no business of Yams, and the reading above does not look into keys.
            || error.message.contains("'<<' takes over")
            // libyaml does not look at what the octets of a tag add up to.
            || error.message.contains("%xx")
    }

    /// What Yams refuses and we read.
    private static func isMeant(refusalOfYams message: String) -> Bool {
        // We do not compare keys that are collections, all of which are named "?".
        message.contains("'<uncovertable>'")
    }

    /// Kinds, texts, plainness and lines.
    static func shown(_ value: YAMLValue) -> String {
        let shown = switch value.kind {
        case .null: "null"
        case .text(let text, let isPlain): (isPlain ? "plain" : "text") + quoted(text)
        case .list(let elements): "[" + elements.map(YAMLOracle.shown).joined(separator: ", ") + "]"
        case .map(let members): "{" + members.map { quoted($0.key) + ": " + YAMLOracle.shown($0.value) }.joined(separator: ", ") + "}"
        }
        return "\(shown)@\(value.line)"
    }

    /// Escaped, so that no two texts look the same.
    private static func quoted(_ text: String) -> String {
        var shown = "\""
        for scalar in text.unicodeScalars { shown += scalar.escaped(asASCII: true) }
        return shown + "\""
    }
}

extension YAMLValue {
    fileprivate var isList: Bool { if case .list = kind { true } else { false } }
}
