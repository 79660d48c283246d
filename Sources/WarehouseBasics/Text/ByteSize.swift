/// Sizes as people write them: `512MB`, `4 GiB`, `1000000`.
public enum ByteSize {
    /// Less memory than this is no room to work in.
    public static let leastMemory = 1 << 20

    /// Bytes; nil where the text is no size. Units go by 1024, whether written `MB` or `MiB`.
    public static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int(digits) else { return nil }
        let shift: Int
        switch text[digits.endIndex...].drop(while: { $0 == " " }).uppercased() {
        case "", "B": shift = 0
        case "K", "KB", "KIB": shift = 10
        case "M", "MB", "MIB": shift = 20
        case "G", "GB", "GIB": shift = 30
        case "T", "TB", "TIB": shift = 40
        default: return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : bytes
    }
}
