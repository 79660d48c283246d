#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import Testing
@testable import WarehouseCharts

/// Texts can be read in both themes: WCAG 2.2 asks for a contrast of 4.5 of texts, of 3 of what is drawn.
@Suite struct ContrastTests {
    /// The colours that a rule sets, by name.
    private static func colours(_ selector: String) -> [String: [Double]] {
        guard let start = PageResource.theme.firstRange(of: selector + " {") else { return [:] }
        var found: [String: [Double]] = [:]
        for part in PageResource.theme[start.upperBound...].prefix(while: { $0 != "}" }).split(separator: ";") {
            let pair = part.split(separator: ":").map { $0.filter { !$0.isWhitespace } }
            guard pair.count == 2, pair[0].hasPrefix("--"), pair[1].hasPrefix("#") else { continue }
            var hex = String(pair[1].dropFirst())
            if hex.count == 3 { hex = hex.map { "\($0)\($0)" }.joined() }
            guard let value = Int(hex, radix: 16) else { continue }
            found[String(pair[0])] = [value >> 16, value >> 8 & 255, value & 255].map { Double($0) / 255 }
        }
        return found
    }

    private static func luminance(_ colour: [Double]) -> Double {
        let parts = colour.map { $0 <= 0.04045 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }

    private static func contrast(_ one: [Double], _ other: [Double]) -> Double {
        let (a, b) = (luminance(one), luminance(other))
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    @Test func theFormulaIsWCAGs() {
        #expect(abs(Self.contrast([0, 0, 0], [1, 1, 1]) - 21) < 0.001)
        // #767676 on white is the well-known grey that just passes.
        let grey = 118.0 / 255
        #expect(abs(Self.contrast([grey, grey, grey], [1, 1, 1]) - 4.54) < 0.01)
    }

    @Test(arguments: [":root", ":root[data-theme=\"dark\"]"])
    func contrastIsEnough(selector: String) {
        let colours = Self.colours(selector)
        let texts = ["--text", "--quiet", "--accent", "--good", "--warn", "--bad"]
        for text in texts {
            for ground in ["--page", "--panel", "--code", "--accent-panel"] {
                guard let one = colours[text], let other = colours[ground] else {
                    Issue.record("\(selector) sets no \(text) or \(ground)")
                    continue
                }
                #expect(Self.contrast(one, other) >= 4.5, "\(text) on \(ground) in \(selector)")
            }
        }
        for series in 1...6 {
            guard let one = colours["--series-\(series)"], let page = colours["--page"], let panel = colours["--panel"] else {
                Issue.record("\(selector) sets no --series-\(series)")
                continue
            }
            #expect(Self.contrast(one, page) >= 3 && Self.contrast(one, panel) >= 3, "series \(series) in \(selector)")
        }
        for text in ["--text", "--accent", "--quiet"] {
            if let one = colours[text], let mark = colours["--mark"] { #expect(Self.contrast(one, mark) >= 4.5, "\(text)") }
        }
        if let text = colours["--on-accent"], let accent = colours["--accent"] {
            #expect(Self.contrast(text, accent) >= 4.5)
        }
    }
}
