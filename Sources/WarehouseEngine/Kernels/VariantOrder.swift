import WarehouseColumns

/// Order of VARIANT, OBJECT and ARRAY values held as `VariantEncoding`.
enum VariantOrder {
    /// Negative, zero or positive: numbers by value, strings by bytes, containers part by part.
    static func compare(_ a: StringView, _ b: StringView) -> Int {
        VariantView.compare(VariantView(a), VariantView(b))
    }
}
