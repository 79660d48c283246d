/// What `\set` shows and changes.
enum PromptSetting: String, CaseIterable {
    case format = "FORMAT", timing = "TIMING", expanded = "EXPANDED", pager = "PAGER", rows = "ROWS", null = "NULL"
    case onErrorStop = "ON_ERROR_STOP"

    var about: String {
        switch self {
        case .format: "how results are printed"
        case .timing: "whether to print how long statements take"
        case .expanded: "a line a column: on, off, auto"
        case .pager: "what shows results that are larger than the screen: off, on, or a command"
        case .rows: "rows of a table that are shown"
        case .null: "what stands for NULL in tables"
        case .onErrorStop: "whether the first error stops a script"
        }
    }
}

/// Words for yes and no.
enum Switch {
    static func parse(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "on", "true", "yes", "1": true
        case "off", "false", "no", "0": false
        default: nil
        }
    }

    static func word(_ value: Bool) -> String { value ? "on" : "off" }
}
