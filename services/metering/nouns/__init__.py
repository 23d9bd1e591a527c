"""What each noun has in ClickHouse: its topics, its tables, and how its records fill them."""
