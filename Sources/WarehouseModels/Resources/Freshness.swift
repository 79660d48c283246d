/// How old the newest row of a source may be.
/// ```swift
/// static var loadedAt: PartialKeyPath<Columns>? { \.loadedAt }
/// static let freshness: Freshness? = Freshness(warnAfter: .hours(12), errorAfter: .days(1))
/// ```
public struct Freshness: Hashable, Sendable {
    /// A length of time in one unit.
    public struct Age: Hashable, Sendable {
        /// Units of time that dbt knows.
        public enum Period: String, Sendable { case minute, hour, day }
        /// How many.
        public var count: Int
        /// Of what.
        public var period: Period

        /// Minutes.
        public static func minutes(_ count: Int) -> Age { Age(count: count, period: .minute) }
        /// Hours.
        public static func hours(_ count: Int) -> Age { Age(count: count, period: .hour) }
        /// Days of 24 hours.
        public static func days(_ count: Int) -> Age { Age(count: count, period: .day) }

        var seconds: Double {
            switch period {
            case .minute: Double(count) * 60
            case .hour: Double(count) * 3600
            case .day: Double(count) * 86_400
            }
        }
    }
    /// An older source is a warning.
    public var warnAfter: Age?
    /// An older source is an error.
    public var errorAfter: Age?
    /// A condition in SQL on the rows that are looked at.
    public var filter: String?

    /// Takes the ages; nil is no bound.
    public init(warnAfter: Age? = nil, errorAfter: Age? = nil, filter: String? = nil) {
        self.warnAfter = warnAfter
        self.errorAfter = errorAfter
        self.filter = filter
    }
}
