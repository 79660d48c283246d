import WarehouseBasics

/// The functions that take a lambda.
public enum HigherOrderFunctions {
    public static let names = ["FILTER", "TRANSFORM", "REDUCE"]
}
