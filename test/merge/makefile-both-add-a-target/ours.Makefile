.PHONY: build test deploy

IMAGE := orders:dev

build: ## Build the image
	docker build --tag $(IMAGE) .

test: build
	npm ci
	npm test
	npm run lint

deploy: build
	./deploy.sh $(IMAGE)
