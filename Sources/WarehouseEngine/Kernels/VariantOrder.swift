import WarehouseColumns

/// Order of VARIANT, OBJECT and ARRAY values held as `VariantEncoding`.
enum VariantOrder {
    /// Negative, zero or positive.
    static func compare(_ a: StringView, _ b: StringView) -> Int { StringView.compare(a, b) }
}
