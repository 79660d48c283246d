/// Encoded bytes that do not say what a codec may have written. Whoever knows the file turns it into a
/// `WarehouseError` of kind `corrupt`.
struct CodecFault: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
}
