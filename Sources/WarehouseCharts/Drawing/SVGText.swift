/// Puts SVG together. Numbers have at most two digits behind the point.
struct SVGText {
    private(set) var text = ""

    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let hundredths = (value * 100).rounded()
        guard abs(hundredths) < 1e15 else { return "0" }
        let whole = Int(hundredths)
        if whole % 100 == 0 { return String(whole / 100) }
        let rest = abs(whole % 100)
        let digits = rest % 10 == 0 ? String(rest / 10) : rest < 10 ? "0\(rest)" : String(rest)
        return (whole < 0 ? "-" : "") + String(abs(whole) / 100) + "." + digits
    }

    mutating func open(_ name: String, _ attributes: [(String, String)]) {
        text += "<\(name)" + SVGText.attributes(attributes) + ">"
    }
    mutating func close(_ name: String) { text += "</\(name)>" }

    /// An element with a title, which browsers show and screen readers say.
    mutating func add(_ name: String, _ attributes: [(String, String)], title: String? = nil) {
        text += "<\(name)" + SVGText.attributes(attributes)
        if let title { text += "><title>\(MarkupText.escaped(title))</title></\(name)>" } else { text += "/>" }
    }

    mutating func label(_ content: String, _ x: Double, _ y: Double, anchor: String = "start", style: String = "tick") {
        open("text", [
            ("x", SVGText.number(x)), ("y", SVGText.number(y)), ("class", style), ("text-anchor", anchor),
            ("fill", style == "value" ? ChartColours.text : ChartColours.quiet), ("font-size", "12"),
        ])
        text += MarkupText.escaped(content)
        close("text")
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String = "grid") {
        add("line", [
            ("x1", SVGText.number(x1)), ("y1", SVGText.number(y1)), ("x2", SVGText.number(x2)), ("y2", SVGText.number(y2)),
            ("class", style), ("stroke", style == "axis" ? ChartColours.quiet : ChartColours.grid), ("stroke-width", "1"),
        ])
    }

    private static func attributes(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0.0)=\"\(MarkupText.escaped($0.1))\"" }.joined()
    }
}

/// Colours of the light theme, as they stand in files; a page's style puts its theme's in their place.
enum ChartColours {
    static let page = "#ffffff"
    static let text = "#1b2330"
    static let quiet = "#566072"
    static let grid = "#d5d9e0"
    static let series = ["#2166b8", "#b04a00", "#2b7a3d", "#8a3fa6", "#a3293f", "#4d5b6e"]
}
